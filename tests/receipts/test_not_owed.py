"""Money that nobody owed any more: no receipt calls it paid, and it says where it is (RULES M2)."""

import pytest
from sqlalchemy import update

from bot.errors import Refused
from bot.money import Money
from bot.ports import PaymentView
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import outbox
from handlers.ledger.tickets import open_tickets
from handlers.outbox.parcel import Delivery
from handlers.payments.records import Record
from handlers.payments.unapplied import Unapplied
from handlers.payments.wording import Texts, Wording
from tests.cast import PRAIRIE
from tests.payments.test_surplus import ELI, both_pay, sends_back
from tests.payments.world import ANA_OWES, World
from tests.receipts.reading import facts, page, pdf, text_of


def told(world: World, record: Record, **query: str) -> str:
    """What the page says, after the PDF was seen to say the same between heading and total."""
    said = page(world, record, **query)
    assert said.partition("Paid by")[2].partition("How to check")[0].partition("Save as PDF")[0].strip() in text_of(
        pdf(world, record, **query)
    )
    return said


def sums(world: World, record: Record) -> dict[str, str]:
    """The standing and the sums of the signed facts, but those that are nothing."""
    said = facts(world, record)
    names = ("standing", "bill", "credit", "fee", "not-owed", "total", "sent-back", "going-back", "waiting")
    return {name: said[name] for name in (*names, "still-paid") if said[name] != "0.00"}


def status(world: World) -> PaymentView:
    view = world.payments.latest("prairie", ELI)
    assert view
    return view


@pytest.fixture
def going_back(world: World) -> Record:
    """Eli paid $85.95 when nothing was owed any more, and the utility sends such money back."""
    sends_back(world)
    return both_pay(world)[0]


@pytest.fixture
def part_going_back(world: World) -> Record:
    """Eli paid $85.95 when only $34.20 was owed any more."""
    sends_back(world)
    return both_pay(world, anas=Money(5000))[0]


def stripe_refuses(world: World) -> None:
    """A worker gives the parcel up."""
    [parcel] = world.parcels("give_back")
    delivery = Delivery(1, parcel, 1)
    world.sandbox.fail_next("stripe", method="POST", status=400)
    with pytest.raises(Refused):
        world.give_back.carry(delivery)
    with world.engine.begin() as connection:
        world.give_back.given_up(connection, delivery)
        given_up = {"done_at": world.clock.now(), "state": "dead"}
        connection.execute(update(outbox).where(outbox.c.kind == "give_back").values(given_up))


def decide(world: World, how: str) -> None:
    """Somebody at the utility says what becomes of it."""
    texts = Texts(Wording(world.speech, world.utilities), world.sealer)
    desk = Unapplied(world.engine, world.clock, texts, world.sealer)
    with world.engine.begin() as connection:
        [ticket] = open_tickets(connection)
    (desk.credit if how == "credit" else desk.refund)(PRAIRIE, ticket.id, "Kim")


def stripe_sends_it(world: World) -> None:
    world.carry_due("give_back")
    assert world.deliver(world.events_of("refund.created")[-1]).status_code == 200


def test_what_paid_nothing_and_goes_back_is_not_called_paid(world: World, going_back: Record) -> None:
    assert sums(world, going_back) == {
        "standing": "going_back",
        "not-owed": "85.95",
        "total": "85.95",
        "going-back": "85.95",
    }


def test_its_page_says_so_in_plain_words(world: World, going_back: Record) -> None:
    said = told(world, going_back)
    assert (
        "This payment is going back It pays no bill. Prairie Light & Gas is sending $85.95 back to the payer." in said
    )
    assert (
        "Not owed any more $85.95 Fee $0.00 Total paid $85.95 Going back to the payer $85.95 Still paid $0.00" in said
    )
    assert "Bill $" not in said


def test_in_spanish_too(world: World, going_back: Record) -> None:
    said = told(world, going_back, language="es")
    assert "Este pago se está devolviendo No paga ninguna factura." in said
    assert "Ya no se debía $85.95 Cargo $0.00" in said


def test_when_it_has_gone_it_is_sent_back(world: World, going_back: Record) -> None:
    stripe_sends_it(world)
    assert sums(world, going_back) == {
        "standing": "sent_back",
        "not-owed": "85.95",
        "total": "85.95",
        "sent-back": "85.95",
    }


def test_what_stripe_refuses_to_send_waits_for_a_person(world: World, going_back: Record) -> None:
    stripe_refuses(world)
    assert sums(world, going_back) == {
        "standing": "came_back",
        "not-owed": "85.95",
        "total": "85.95",
        "waiting": "85.95",
    }
    assert "$85.95 of this payment pays no bill now. It is safe with Prairie Light & Gas" in told(world, going_back)


def test_what_a_person_sends_back_is_on_its_way(world: World, going_back: Record) -> None:
    stripe_refuses(world)
    decide(world, "refund")
    assert sums(world, going_back)["standing"] == "going_back"


def test_what_a_person_puts_on_the_account_is_a_credit(world: World, going_back: Record) -> None:
    stripe_refuses(world)
    decide(world, "credit")
    assert sums(world, going_back) == {"standing": "paid", "credit": "85.95", "total": "85.95", "still-paid": "85.95"}


def test_where_a_part_goes_back_the_rest_is_paid(world: World, part_going_back: Record) -> None:
    assert sums(world, part_going_back) == {
        "standing": "part_going_back",
        "bill": "34.20",
        "fee": "1.75",
        "not-owed": "50.00",
        "total": "85.95",
        "going-back": "50.00",
        "still-paid": "35.95",
    }
    assert facts(world, part_going_back)["period"] == "2026-10-14/2026-11-12 34.20"


def test_its_page_says_how_much(world: World, part_going_back: Record) -> None:
    said = told(world, part_going_back)
    assert "is sending $50.00 of this payment back to the payer. $35.95 is paid." in said
    assert (
        "Bill $34.20 For Oct 14 to Nov 12, 2026 $34.20 Not owed any more $50.00 Fee $1.75 Total paid $85.95 "
        "Going back to the payer $50.00 Still paid $35.95" in said
    )


def test_when_the_part_has_gone_the_rest_is_still_paid(world: World, part_going_back: Record) -> None:
    stripe_sends_it(world)
    said = sums(world, part_going_back)
    assert (said["standing"], said["sent-back"], said["still-paid"]) == ("part_sent_back", "50.00", "35.95")


def test_a_fee_that_became_a_credit_is_no_fee(world: World) -> None:
    record = both_pay(world)[0]
    assert sums(world, record) == {"standing": "paid", "credit": "85.95", "total": "85.95", "still-paid": "85.95"}
    assert "Credit for the next bill $85.95 Fee $0.00 Total paid $85.95" in told(world, record)


def test_a_part_that_became_a_credit_is_named_so(world: World) -> None:
    record = both_pay(world, anas=Money(5000))[0]
    assert sums(world, record) == {
        "standing": "paid",
        "bill": "34.20",
        "credit": "50.00",
        "fee": "1.75",
        "total": "85.95",
        "still-paid": "85.95",
    }
    assert "A favor para la siguiente factura $50.00" in told(world, record, language="es")


def test_what_was_owed_before_the_first_bill_is_paid_and_no_credit(world: World) -> None:
    account_id, now = world.account_id(), world.clock.now()
    old = (Line("receivable", Money(1000), account_id), Line("billed", Money(-1000), account_id))
    with world.engine.begin() as connection:
        assert post(connection, "older", old, now, now.date())
    record = world.link(amount=ANA_OWES + Money(1000))
    world.pay(record)
    assert (facts(world, record)["bill"], facts(world, record)["credit"]) == ("94.20", "0.00")
    assert "Older balance $10.00" in told(world, record)


def test_status_says_that_all_of_it_goes_back(world: World, going_back: Record) -> None:
    assert (status(world).went, status(world).apart) == ("going_back", going_back.total)


@pytest.mark.usefixtures("part_going_back")
def test_status_says_that_a_part_of_it_goes_back(world: World) -> None:
    assert (status(world).went, status(world).apart) == ("part_going_back", Money(5000))


@pytest.mark.usefixtures("going_back")
def test_status_says_that_a_person_has_it(world: World) -> None:
    stripe_refuses(world)
    assert (status(world).went, status(world).apart) == ("waiting", Money(8595))


@pytest.mark.usefixtures("going_back")
def test_status_says_that_it_has_gone(world: World) -> None:
    stripe_sends_it(world)
    assert (status(world).state, status(world).went) == ("refunded", None)


def test_status_says_that_it_is_a_credit(world: World) -> None:
    both_pay(world)
    assert (status(world).state, status(world).went) == ("paid", "credit")


def test_status_of_what_paid_a_bill_is_as_it_was(world: World) -> None:
    both_pay(world, anas=Money(5000))
    assert (status(world).state, status(world).went) == ("paid", None)
