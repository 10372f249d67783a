"""A page that was open when its link was paid is paid after that payment went back: the bill is open, and gets paid."""

from dataclasses import replace

import pytest

from bot.money import Money
from handlers.payments.records import Record
from handlers.payments.state import state
from sandbox.stripe_objects import Thing
from tests.cast import PRAIRIE
from tests.payments.test_surplus import ELI, pay, sends_back, texts_to
from tests.payments.world import ANA_OWES, ANA_TEXTS, World

THANKS = (
    "Prairie Light & Gas: thank you! $85.95 for account ...5678 came in after the first payment went back. "
    "To see what is owed, reply PAY. Questions? (217) 555-0199"
)


@pytest.fixture(params=["credit", "refund"])
def policy(world: World, request: pytest.FixtureRequest) -> str:
    world.utilities["prairie"] = replace(PRAIRIE, surplus=request.param)
    return str(request.param)


def paid_and_sent_back(world: World) -> tuple[Record, Thing]:
    """Ana has two pages of one link, pays on one and gets her money back; the other page."""
    record = world.link()
    other_page = world.visit(record)
    world.pay(record)
    world.refund()
    assert (world.owed(record.account_id), state(world.record(record.id), world.clock.now())) == (ANA_OWES, "refunded")
    return record, other_page


@pytest.mark.usefixtures("policy")
def test_it_pays_what_is_owed_and_nothing_goes_back(world: World) -> None:
    record, page = paid_and_sent_back(world)
    pay(world, page)
    assert (world.owed(record.account_id), world.book("fees"), world.book("unapplied")) == (Money(0), -175, 0)
    assert (world.parcels("give_back"), world.tickets()) == ([], [])


@pytest.mark.usefixtures("policy")
def test_its_payer_reads_so_and_is_offered_no_receipt_of_the_payment_that_went_back(world: World) -> None:
    _, page = paid_and_sent_back(world)
    pay(world, page)
    assert world.texts()[-1] == THANKS


def test_the_record_and_its_receipt_stay_about_the_payment_that_went_back(world: World) -> None:
    record, page = paid_and_sent_back(world)
    before = world.record(record.id)
    receipt = world.web.get(f"/r/{record.receipt_token}.json").text
    pay(world, page)
    assert world.record(record.id) == before
    assert world.web.get(f"/r/{record.receipt_token}.json").text == receipt
    assert "standing: sent_back" in receipt


def test_of_what_is_owed_in_part_by_then_the_rest_goes_back(world: World) -> None:
    sends_back(world)
    record, page = paid_and_sent_back(world)
    world.pay(world.link(payer=ELI, amount=Money(5000)))
    charge = pay(world, page)
    assert (world.owed(record.account_id), world.book("unapplied"), world.book("fees")) == (Money(0), -5000, -350)
    assert [parcel.body for parcel in world.parcels("give_back")] == [{"charge": charge["id"], "minor": 5000}]
    assert texts_to(world, ANA_TEXTS)[-1] == (
        "Prairie Light & Gas: thank you! Of $85.95 that came in again for account ...5678, $50.00 was not owed. "
        "We are sending that back. Questions? (217) 555-0199"
    )


def test_or_becomes_a_credit(world: World) -> None:
    record, page = paid_and_sent_back(world)
    world.pay(world.link(payer=ELI, amount=Money(5000)))
    pay(world, page)
    assert (world.owed(record.account_id), texts_to(world, ANA_TEXTS)[-1]) == (Money(-5000), THANKS)


def test_what_is_not_owed_at_all_by_then_is_surplus(world: World) -> None:
    record, page = paid_and_sent_back(world)
    world.pay(world.link(payer=ELI))
    pay(world, page)
    assert world.owed(record.account_id) == Money(-8595)
    assert "came in a second time. It is a credit on that account now" in texts_to(world, ANA_TEXTS)[-1]


def test_a_link_of_somebody_else_that_asks_for_it_is_turned_off(world: World) -> None:
    _, page = paid_and_sent_back(world)
    elis = world.link(payer=ELI)
    pay(world, page)
    assert world.record(elis.id).withdrawn_at


def test_when_it_goes_back_as_well_the_bill_is_open_again(world: World) -> None:
    record, page = paid_and_sent_back(world)
    charge = pay(world, page)
    world.sandbox.till.refund({"charge": charge["id"]})
    assert world.deliver(world.events_of("refund.created")[-1]).status_code == 200
    assert (world.owed(record.account_id), world.book("stripe"), world.book("fees")) == (ANA_OWES, 0, 0)
    assert "The bill is open again" in world.texts()[-1]


def test_a_payment_of_which_a_part_went_back_stays_paid_and_the_next_is_a_second_one(world: World) -> None:
    sends_back(world)
    record = world.link()
    page = world.visit(record)
    world.pay(record)
    charge = world.sandbox.till.store.all("charge")[0]
    world.sandbox.till.refund({"charge": charge["id"], "amount": 2000})
    world.deliver(world.events_of("refund.created")[-1])
    pay(world, page)
    assert (world.owed(record.account_id), world.book("unapplied")) == (Money(2000), -8595)
