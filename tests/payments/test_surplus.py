"""Money that nobody owed any more when it came: a credit or sent back, and both payers told (RULES M2)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.money import Money
from bot.names import Address
from handlers.ledger.tables import account
from handlers.payments.records import Record
from handlers.payments.state import state
from sandbox.stripe_objects import Thing
from tests.cast import BENS_PHONE, ELIS_PHONE, PRAIRIE, texting
from tests.payments.test_changed import next_bill
from tests.payments.test_paying import completed
from tests.payments.world import ANA_OWES, ANA_TEXTS, World

ELI = texting(ELIS_PHONE)


def sends_back(world: World) -> None:
    """The utility's policy is to send a surplus back."""
    world.utilities["prairie"] = replace(PRAIRIE, surplus="refund")


def pay(world: World, session: Thing) -> Thing:
    """Somebody pays on a page that was opened before; the charge."""
    charge = world.sandbox.till.pay_by_card(session)
    assert world.deliver(completed(world)).status_code == 200
    return charge


def both_pay(world: World, anas: Money = ANA_OWES, elis: Money = ANA_OWES) -> tuple[Record, Thing]:
    """Eli has the page open when Ana pays, and pays too; his payment and its charge."""
    elis_link = world.link(payer=ELI, amount=elis)
    open_page = world.visit(elis_link)
    world.pay(world.link(amount=anas))
    return elis_link, pay(world, open_page)


def texts_to(world: World, who: Address) -> list[str]:
    """What this person reads."""
    return [parcel.body["text"] for parcel in world.parcels("text") if parcel.recipient == who.reveal()]


def test_what_came_when_nothing_was_owed_becomes_a_credit_with_its_fee(world: World) -> None:
    both_pay(world)
    assert world.owed(world.account_id()) == Money(-8595)
    assert (world.book("stripe"), world.book("fees"), world.book("unapplied")) == (2 * 8595, -175, 0)


def test_the_second_payer_reads_that_it_is_a_credit_and_not_that_it_paid_the_bill(world: World) -> None:
    both_pay(world)
    assert texts_to(world, ELI) == [
        "Prairie Light & Gas: $85.95 for account ...5678 came in when nothing was owed any more. "
        "It is a credit for the next bill. Questions? (217) 555-0199"
    ]


def test_the_first_payer_reads_of_it_too_and_not_who_it_was(world: World) -> None:
    both_pay(world)
    assert texts_to(world, ANA_TEXTS)[1:] == [
        "Prairie Light & Gas: another payment came in for account ...5678, more than it owed. "
        "What is too much is a credit for the next bill. You need do nothing."
    ]


def test_or_it_is_sent_back_whole(world: World) -> None:
    sends_back(world)
    elis, charge = both_pay(world)
    assert (world.owed(world.account_id()), world.book("unapplied"), world.book("fees")) == (Money(0), -8595, -175)
    [parcel] = world.parcels("give_back")
    assert (parcel.body, parcel.cause) == ({"charge": charge["id"], "minor": 8595}, f"give_back:{charge['id']}")
    assert state(world.record(elis.id), world.clock.now()) == "paid"


def test_and_both_read_that_it_is(world: World) -> None:
    sends_back(world)
    both_pay(world)
    assert "We are sending it back to you" in texts_to(world, ELI)[-1]
    assert "goes back to that payer" in texts_to(world, ANA_TEXTS)[-1]


def test_of_a_payment_that_was_owed_in_part_the_rest_is_a_credit(world: World) -> None:
    both_pay(world, anas=Money(5000))
    assert (world.owed(world.account_id()), world.book("fees")) == (Money(-5000), -350)
    assert "We got $85.95 for account ...5678. It now has a credit of $50.00" in texts_to(world, ELI)[-1]
    assert "another payment came in" in texts_to(world, ANA_TEXTS)[-1]


def test_or_the_rest_is_sent_back(world: World) -> None:
    sends_back(world)
    _, charge = both_pay(world, anas=Money(5000))
    assert (world.owed(world.account_id()), world.book("fees"), world.book("unapplied")) == (Money(0), -350, -5000)
    assert world.parcels("give_back")[0].body == {"charge": charge["id"], "minor": 5000}
    assert texts_to(world, ELI)[-1] == (
        "Prairie Light & Gas: thank you! Of $85.95 for account ...5678, $50.00 was not owed any more. "
        "We are sending that back. Reply RECEIPT for a copy."
    )


@pytest.mark.parametrize(
    ("policy", "word"), [("credit", "It is a credit on that account"), ("refund", "sending it back")]
)
def test_a_link_that_is_paid_twice_is_told_to_its_payer_once(world: World, policy: str, word: str) -> None:
    world.utilities["prairie"] = replace(PRAIRIE, surplus=policy)  # type: ignore[arg-type]
    record = world.link()
    for session in (world.visit(record), world.visit(record)):
        pay(world, session)
    [thanks, second] = world.texts()
    assert "Nothing is left to pay" in thanks
    assert "$85.95 for account ...5678 came in a second time" in second and word in second
    assert world.owed(world.account_id()) == Money(-8595 if policy == "credit" else 0)


def test_a_part_that_is_paid_twice_goes_to_what_is_still_open(world: World) -> None:
    record = world.link(amount=Money(5000))
    for session in (world.visit(record), world.visit(record)):
        pay(world, session)
    assert world.owed(world.account_id()) == Money(8420 - 5000 - 5175)


def test_a_debit_that_succeeds_when_the_bill_was_paid_meanwhile_is_the_same(world: World) -> None:
    session = world.visit(world.link(method="bank", payer=ELI))
    world.sandbox.till.pay_by_bank(session)
    world.deliver(completed(world))
    world.pay(world.link())
    world.clock.pass_time(days=3)
    world.sandbox.till.settle_bank(session, good=True)
    world.deliver(world.events_of("checkout.session.async_payment_succeeded")[-1])
    assert (world.owed(world.account_id()), len(texts_to(world, ANA_TEXTS))) == (Money(-8420), 2)
    assert "came in when nothing was owed any more" in texts_to(world, ELI)[-1]


def test_a_bill_that_was_paid_at_the_counter_is_the_same_and_there_is_nobody_else_to_tell(world: World) -> None:
    open_page = world.visit(world.link())
    next_bill(world, "0.00")
    pay(world, open_page)
    assert (world.owed(world.account_id()), len(world.texts())) == (Money(-8595), 1)


def test_one_person_who_pays_from_two_links_is_told_once(world: World) -> None:
    first = world.visit(world.link(amount=Money(8000)))
    pay(world, world.visit(world.link()))
    pay(world, first)
    assert [text.split(": ", 1)[1][:9] for text in world.texts()] == ["thank you", "$81.75 fo"]


def test_who_paid_longer_ago_than_a_month_is_left_alone(world: World) -> None:
    world.pay(world.link())
    open_page = world.visit(world.link(payer=ELI))
    world.clock.pass_time(days=31)
    pay(world, open_page)
    assert len(texts_to(world, ANA_TEXTS)) == 1


def test_the_one_told_is_the_last_who_paid_and_by_day(world: World) -> None:
    open_page = world.visit(world.link(payer=texting(BENS_PHONE)))
    world.pay(world.link(amount=Money(5000)))
    world.clock.pass_time(minutes=1)
    world.pay(world.link(payer=ELI, amount=Money(3420)))
    world.clock.pass_time(hours=11, minutes=59)  # midnight in Springfield
    pay(world, open_page)
    assert "another payment came in" in texts_to(world, ELI)[-1]
    assert len(texts_to(world, ANA_TEXTS)) == 1
    due = {parcel.recipient: parcel.due_at for parcel in world.parcels("text")}
    assert due[ELI.reveal()] == world.clock.now() + timedelta(hours=8)


def test_who_only_made_a_credit_gets_no_receipt_by_email(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(account).values(mobile=ELIS_PHONE.reveal()))
    both_pay(world)
    assert world.parcels("email") == []
