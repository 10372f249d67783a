"""What an unpaid link was made for has changed: one that asks more than is owed by now is turned off (RULES M1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest

from bot.money import Money
from handlers.billing.imports import import_bills
from handlers.payments import stripe_client
from handlers.payments.records import Record
from tests import cast
from tests.cast import BENS_PHONE, ELIS_PHONE, MARY, PRAIRIE, texting
from tests.payments.test_links import carry_in_the_end, late
from tests.payments.test_pages import follow
from tests.payments.world import ANA_OWES, ANA_TEXTS, STRIPE_KEY, World

HEADER = cast.BILLS.splitlines()[0]


def next_bill(world: World, amount: str, number: str = "0012345678") -> None:
    """Billing exports a new bill."""
    row = f"{number},2026-11-13,2026-11-20,2026-11-21,2026-12-12,USD,{amount},0.00,,"
    import_bills(world.engine, PRAIRIE, StringIO(f"{HEADER}\n{row}\n"), world.clock)


def elis(world: World, amount: Money = ANA_OWES) -> Record:
    return world.link(payer=texting(ELIS_PHONE), amount=amount)


def test_when_somebody_else_has_paid_a_link_for_more_than_is_left_is_turned_off(world: World) -> None:
    anas = world.link()
    session = world.visit(anas)
    world.pay(elis(world))
    world.carry_due("close_link")
    assert (world.active(anas), session["status"]) == (False, "expired")
    latest = world.payments.latest("prairie", ANA_TEXTS)
    assert latest and latest.state == "withdrawn"


def test_when_somebody_else_has_paid_a_part_a_link_for_no_more_than_the_rest_stays_on(world: World) -> None:
    anas = world.link(amount=Money(2000))
    world.pay(elis(world, Money(3000)))
    world.clock.pass_time(minutes=1)
    world.carry_due("close_link")
    assert world.active(anas)


def test_who_waits_for_a_late_link_gets_it_and_its_page_tells_that_the_bill_has_changed(world: World) -> None:
    world.use(stripe_client.client(STRIPE_KEY, world.sandbox.url, 0.05), world.client)
    coming = late(world)
    world.use(world.client, world.client)
    world.pay(elis(world))
    carry_in_the_end(world)
    assert "pay $85.95 here" in world.texts()[-1]
    assert "The bill has changed" in follow(world, world.record(coming.payment))[1]


def test_a_debit_that_is_on_its_way_is_left_alone(world: World) -> None:
    pending = world.link(method="bank")
    world.sandbox.till.pay_by_bank(world.visit(pending))
    world.deliver(world.events_of("checkout.session.completed")[-1])
    world.pay(elis(world))
    assert world.record(pending.id).withdrawn_at is None


def test_a_link_for_another_account_is_left_alone(world: World) -> None:
    marys = world.link(number=MARY, amount=Money(6145), payer=texting(BENS_PHONE))
    world.pay(elis(world))
    assert world.record(marys.id).withdrawn_at is None


def test_a_new_bill_for_less_turns_a_link_off_without_anybody_opening_it(world: World) -> None:
    anas = world.link()
    next_bill(world, "20.00")
    assert world.record(anas.id).withdrawn_at == world.clock.now()
    world.carry_due("close_link")
    assert not world.active(anas)


def test_a_new_bill_for_more_leaves_a_link_on(world: World) -> None:
    anas = world.link()
    next_bill(world, "120.00")
    world.carry_due("close_link")
    assert world.active(anas)


def test_a_new_bill_leaves_links_of_other_accounts_and_paid_ones_alone(world: World) -> None:
    marys = world.link(number=MARY, amount=Money(6145))
    paid = elis(world, Money(5000))
    world.pay(paid)
    next_bill(world, "0.00")
    assert [world.record(one.id).withdrawn_at for one in (marys, paid)] == [None, None]


def test_the_same_bills_again_turn_nothing_off(world: World) -> None:
    next_bill(world, "20.00")
    anas = world.link(amount=Money(2000))
    next_bill(world, "20.00")
    assert world.record(anas.id).withdrawn_at is None


def test_a_link_whose_time_is_up_already_is_closed_once(world: World) -> None:
    anas = world.link()
    world.clock.pass_time(minutes=61)
    next_bill(world, "20.00")
    due = [parcel.due_at for parcel in world.parcels("close_link")]
    assert due == [anas.linked_at + timedelta(minutes=60)] if anas.linked_at else False


@pytest.mark.parametrize("minutes", [0, 10])
def test_the_page_of_a_link_that_was_turned_off_so_says_that_the_bill_has_changed(world: World, minutes: int) -> None:
    anas = world.link()
    next_bill(world, "20.00")
    world.clock.pass_time(minutes=minutes)
    for _ in range(2):
        assert "The bill has changed" in follow(world, anas)[1]


def test_two_who_pay_at_once_do_not_wait_for_each_other_for_ever(world: World) -> None:
    links = [world.link(payer=texting(phone)) for phone in (ELIS_PHONE, BENS_PHONE)]
    for link in links:
        world.sandbox.till.pay_by_card(world.visit(link))
    events = world.events_of("checkout.session.completed")
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda event: world.deliver(event).status_code, events)) == [200, 200]
    assert world.owed(world.account_id()) == Money(-8595)
