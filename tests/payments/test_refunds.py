"""Refunds: what went back is taken from where it was, once, in whatever order we hear of it, and the payer is told."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier

import pytest
import stripe

from bot.errors import Unavailable
from handlers.ledger.journal import Line, post, receivable
from handlers.payments.charges import sent_back
from handlers.payments.refunds import Refunds
from tests.payments.back import Back, paid, paid_again, stranger, told_backwards_and_twice
from tests.payments.world import World


def apply(back: Back, *refunds: stripe.Refund, kind: str = "refund.updated") -> None:
    back.apply(Refunds(back.world.clock, *back.tools), refunds, kind)


def owed(back: Back) -> int:
    with back.world.engine.begin() as connection:
        return receivable(connection, back.record.account_id)


def test_after_a_whole_refund_the_bill_is_open_again_and_the_fee_is_back(world: World) -> None:
    back = paid(world)
    apply(back, back.refund())
    assert back.causes() == ["paid:ch_1", "refund_out:re_1", "refund:re_1"]
    assert (back.books(), owed(back)) == ({}, 8420)
    assert (back.facts(), back.told(), back.tickets()) == ({"refunded_at"}, ["refunded"], [])


def test_a_part_that_goes_back_opens_that_part_of_the_bill(world: World) -> None:
    back = paid(world)
    apply(back, back.refund(amount=2000))
    assert back.books() == {"fees": -175, "receivable": -6420, "stripe": 6595}
    assert (owed(back), back.facts(), back.told()) == (2000, set(), ["refunded_part"])
    assert "$20.00" in world.texts()[-1]


def test_parts_that_come_to_the_whole_are_a_whole_refund(world: World) -> None:
    back = paid(world)
    apply(back, back.refund(1, amount=2000))
    assert back.facts() == set()
    apply(back, back.refund(2, amount=6595))
    assert (back.books(), owed(back), back.facts()) == ({}, 8420, {"refunded_at"})


def test_a_refund_of_the_bill_that_keeps_the_fee_is_a_whole_refund_of_the_bill(world: World) -> None:
    back = paid(world)
    apply(back, back.refund(amount=8420))
    assert (back.books(), back.facts()) == ({"fees": -175, "stripe": 175}, {"refunded_at"})


@pytest.mark.parametrize("status", ["pending", "requires_action"])
def test_a_refund_that_has_left_but_not_arrived_leaves_the_bill_paid(world: World, status: str) -> None:
    back = paid(world)
    apply(back, back.refund(status=status))
    assert back.books() == {"fees": -175, "receivable": -8420, "returning": 8595}
    assert (owed(back), back.facts(), back.told()) == (0, set(), [])


@pytest.mark.parametrize("status", ["pending", "requires_action"])
def test_a_refund_that_has_not_left_is_nothing_yet(world: World, status: str) -> None:
    back = paid(world)
    apply(back, back.refund(status=status, balance_transaction=None))
    assert (back.causes(), back.verdicts[-1].state) == (["paid:ch_1"], "ignored")


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_came_back_before_it_arrived_changes_nothing_but_a_person_looks(
    world: World, status: str
) -> None:
    back = paid(world)
    apply(back, back.refund(status="pending"))
    apply(back, back.refund(status=status))
    assert back.books() == {"fees": -175, "receivable": -8420, "stripe": 8595}
    assert (back.facts(), back.told(), back.tickets()) == (set(), ["refund_failed"], ["refund_failed"])


def test_a_refund_that_never_left_and_failed_is_told_and_looked_at(world: World) -> None:
    back = paid(world)
    apply(back, back.refund(status="failed", balance_transaction=None, failure_balance_transaction=None))
    assert (back.causes(), back.told(), back.tickets()) == (["paid:ch_1"], ["refund_failed"], ["refund_failed"])


def test_a_refund_that_failed_after_all_waits_in_unapplied(world: World) -> None:
    back = paid(world)
    apply(back, back.refund())
    apply(back, back.refund(status="failed"))
    assert back.books() == {"stripe": 8595, "unapplied": -8595}
    assert (owed(back), back.told(), back.tickets()) == (8420, ["refunded", "refund_failed"], ["refund_failed"])
    with world.engine.begin() as connection:
        assert sent_back(connection, back.record.id).minor == 0


def test_after_a_failed_refund_the_next_one_takes_what_waits(world: World) -> None:
    back = paid(world)
    for refund in (back.refund(), back.refund(status="failed"), back.refund(2)):
        apply(back, refund)
    assert (back.books(), owed(back)) == ({}, 8420)
    assert back.told()[-1] == "refunded_surplus"


def test_a_failure_that_stripe_has_not_booked_yet_is_not_taken_for_a_success_later(world: World) -> None:
    back = paid(world)
    apply(back, back.refund(status="failed", failure_balance_transaction=None))
    apply(back, back.refund())
    assert back.causes() == ["paid:ch_1", "refund_out:re_1"]
    apply(back, back.refund(status="failed"))
    assert back.books() == {"fees": -175, "receivable": -8420, "stripe": 8595}


def test_what_was_not_needed_is_sent_back_as_we_said_and_the_bill_stays_paid(world: World) -> None:
    back = paid(world, surplus=3420)
    apply(back, back.refund(amount=3420))
    assert back.books() == {"fees": -175, "receivable": -5000, "stripe": 5175}
    assert (back.facts(), back.told()) == (set(), ["refunded_surplus"])
    assert "as we said" in world.texts()[-1] and "open" not in world.texts()[-1]


def test_a_second_payment_that_goes_back_leaves_the_first_alone(world: World) -> None:
    back = paid_again(paid(world))
    apply(back, back.refund())
    assert back.books() == {"fees": -175, "receivable": -8420, "stripe": 8595}
    assert back.facts() == set()


def test_a_credit_that_goes_back_is_not_called_an_open_bill(world: World) -> None:
    back = paid_again(paid(world))
    apply(back, back.refund())
    assert (owed(back), back.told()) == (0, ["refunded_unchanged"])


def test_money_of_another_sum_that_goes_back_touches_no_bill(world: World) -> None:
    back = paid(world, kind="differs")
    apply(back, back.refund())
    assert (back.books(), owed(back), back.told()) == ({}, 8420, ["refunded_unchanged"])


def test_a_strangers_refund_takes_what_the_stranger_brought(world: World) -> None:
    back = stranger(world)
    apply(back, back.refund())
    assert (back.books(), back.told()) == ({}, [])


def test_a_refund_of_a_charge_that_nobody_knows_is_posted_and_looked_at(world: World) -> None:
    back = stranger(world, kept=False)
    unknown = {**back.fetched_charge(), "metadata": {}}
    apply(back, back.refund(charge=unknown))
    assert back.books() == {"stripe": -8595, "unapplied": 8595}
    assert (back.tickets(), back.told()) == (["unknown_refund"], [])


def test_a_refund_of_our_charge_that_stripe_has_not_told_us_of_comes_again(world: World) -> None:
    back = stranger(world, kept=False)
    with pytest.raises(Unavailable):
        apply(back, back.refund())
    assert back.causes() == []


def test_more_than_is_left_is_posted_and_looked_at(world: World) -> None:
    back = paid(world)
    apply(back, back.refund(1, amount=8000))
    apply(back, back.refund(2))
    assert back.books() == {"stripe": -8000, "unapplied": 8000}
    assert back.tickets() == ["unclear_event"]


def test_all_refunds_of_a_charge_are_taken_at_once(world: World) -> None:
    back = paid(world)
    apply(back, back.refund(1, amount=2000), back.refund(2, amount=3000), kind="charge.refunded")
    apply(back, back.refund(2, amount=3000))
    assert (owed(back), back.told()) == (5000, ["refunded_part", "refunded_part"])


def test_a_charge_without_refunds_is_nothing(world: World) -> None:
    back = paid(world)
    apply(back, kind="charge.refunded")
    assert back.causes() == ["paid:ch_1"]


GOOD = ("pending", "pending", "succeeded", "succeeded")
BAD = ("pending", "succeeded", "failed", "failed")


@pytest.mark.parametrize("order", sorted(set(permutations(GOOD))), ids="-".join)
def test_a_refund_ends_the_same_in_whatever_order_its_pictures_are_taken(world: World, order: tuple[str, ...]) -> None:
    back = paid(world)
    for status in order:
        apply(back, back.refund(status=status))
    assert (back.books(), owed(back)) == ({}, 8420)
    assert (back.facts(), back.told(), back.tickets()) == ({"refunded_at"}, ["refunded"], [])


@pytest.mark.parametrize("order", sorted(set(permutations(BAD))), ids="-".join)
def test_a_refund_that_failed_ends_at_stripe_whatever_order_its_pictures_are_taken_in(
    world: World, order: tuple[str, ...]
) -> None:
    """Whether the bill is open again depends on one thing: whether we had told the payer so before it failed."""
    back = paid(world)
    for status in order:
        apply(back, back.refund(status=status))
    told_before = order.index("succeeded") < order.index("failed")
    kept = {"unapplied": -8595} if told_before else {"fees": -175, "receivable": -8420}
    assert back.books() == {"stripe": 8595, **kept}
    assert back.facts() == ({"refunded_at"} if told_before else set())
    assert back.told() == [*(["refunded"] if told_before else []), "refund_failed"]
    assert back.tickets() == ["refund_failed"]


def test_a_strangers_money_that_a_person_put_on_an_account_goes_back_from_there(world: World) -> None:
    back = stranger(world)
    whose = back.record.account_id
    with world.engine.begin() as connection:
        lines = [Line("unapplied", back.record.total), Line("receivable", -back.record.total, whose)]
        post(connection, "credit:ticket:1", lines, world.clock.now(), world.clock.now().date(), "ch_1")
    apply(back, back.refund())
    assert (world.book("unapplied"), world.book("returning"), owed(back)) == (0, 0, 8420)


def test_two_refunds_of_a_charge_at_once_never_take_the_same_money(world: World) -> None:
    back = paid(world)
    pictures = [back.refund(number, amount=5000) for number in (1, 2)] * 3
    together = Barrier(len(pictures))

    def take(refund: stripe.Refund) -> None:
        together.wait()
        apply(back, refund)

    with ThreadPoolExecutor(len(pictures)) as threads:
        list(threads.map(take, pictures))
    assert back.books() == {"stripe": -1405, "unapplied": 1405}
    assert (owed(back), back.tickets()) == (8420, ["unclear_event"])


# Over the miniature Stripe


def events(world: World) -> int:
    return len(world.sandbox.till.webhooks.deliveries)


@pytest.mark.parametrize(("end", "still_owed"), [(True, 2000), (False, 0), (None, 0)])
def test_a_part_goes_back_to_a_bank_days_later_or_bounces_or_is_called_back(
    world: World, end: bool | None, still_owed: int
) -> None:
    record = world.link(method="bank")
    session = world.visit(record)
    till = world.sandbox.till
    till.pay_by_bank(session)
    charge = till.settle_bank(session, good=True)
    told_backwards_and_twice(world, 0)
    since = events(world)
    refund = till.refund({"charge": charge["id"], "amount": 2000})
    told_backwards_and_twice(world, since)
    assert (world.owed(record.account_id).minor, world.book("returning")) == (0, 2000)
    since = events(world)
    if end is None:
        till.cancel_refund(refund)
    else:
        till.settle_refund(refund, end)
    told_backwards_and_twice(world, since)
    assert (world.owed(record.account_id).minor, world.book("returning")) == (still_owed, 0)


def test_a_card_refund_may_bounce_after_it_had_arrived(world: World) -> None:
    record = world.link()
    world.pay(record)
    till, since = world.sandbox.till, events(world)
    refund = till.refund({"charge": till.store.all("charge")[0]["id"]})
    told_backwards_and_twice(world, since)
    since = events(world)
    till.settle_refund(refund, good=False)
    told_backwards_and_twice(world, since)
    assert (world.book("stripe"), world.book("unapplied"), world.owed(record.account_id).minor) == (8595, -8595, 8420)
    assert "It is safe with us" in world.texts()[-1]


def test_a_refund_that_is_told_before_its_charge_is_put_off(world: World) -> None:
    record = world.link()
    till = world.sandbox.till
    till.pay_by_card(world.visit(record))
    till.refund({"charge": till.store.all("charge")[0]["id"]})
    told = world.events_of("refund.created")[0]
    assert world.deliver(told).status_code == 503
    world.deliver(world.events_of("checkout.session.completed")[0])
    assert world.deliver(told).status_code == 200
    assert (world.book("stripe"), world.owed(record.account_id).minor) == (0, 8420)
