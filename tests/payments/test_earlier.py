"""Payments that were posted before charges were kept: never posted again, and what goes back of them is found."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from bot.money import Money
from handlers.ledger.journal import Book, Line, post, receivable
from handlers.ledger.tables import journal, payment
from handlers.payments.records import Record, mark
from handlers.settlement.books import unseen
from sandbox.stripe_objects import Thing
from tests.payments.world import World


@dataclass
class Earlier:
    """Ana's payment of $84.20 and a fee of $1.75 as it was posted then: by its session, its money of no charge."""

    world: World
    record: Record
    session: Thing
    charge: Thing

    def post(self, cause: str, back: bool = False) -> None:
        of, now = self.record, self.world.clock.now()
        sums: tuple[tuple[Book, Money], ...] = (("stripe", of.total), ("receivable", -of.amount), ("fees", -of.fee))
        lines = [Line(book, -money if back else money, of.account_id, of.id) for book, money in sums]
        with self.world.engine.begin() as connection:
            post(connection, cause, lines, now, now.date())

    def books(self) -> dict[str, int]:
        books = {book: self.world.book(book) for book in ("stripe", "fees", "unapplied", "returning", "disputed")}
        with self.world.engine.begin() as connection:
            books["owed"] = receivable(connection, self.record.account_id)
        return {book: minor for book, minor in books.items() if minor}

    def told(self, kind: str) -> None:
        for event in self.world.events_of(kind):
            assert self.world.deliver(event).status_code == 200


@pytest.fixture
def earlier(world: World) -> Earlier:
    """It is paid."""
    record = world.link()
    session = world.visit(record)
    charge = world.sandbox.till.pay_by_card(session)
    made = Earlier(world, record, session, charge)
    made.post(f"paid:{session['id']}")
    with world.engine.begin() as connection:
        mark(connection, record.id, "paid_at", world.clock.now())
        ids = {"checkout_session": session["id"], "payment_intent": charge["payment_intent"]}
        connection.execute(update(payment).values(ids))
    return made


PAID = {"stripe": 8595, "fees": -175}


def test_it_is_not_posted_again_and_becomes_its_charges(earlier: Earlier) -> None:
    for _ in range(2):
        earlier.told("checkout.session.completed")
    assert (earlier.books(), earlier.world.texts(), earlier.world.tickets()) == (PAID, [], [])
    with earlier.world.engine.begin() as connection:
        caused = select(journal.c.cause).where(journal.c.charge_id == earlier.charge["id"])
        assert connection.scalars(caused).all() == [f"paid:{earlier.charge['id']}"]


def test_reconciliation_looks_for_its_charge_alone(earlier: Earlier) -> None:
    earlier.told("checkout.session.completed")
    now = earlier.world.clock.now()
    with earlier.world.engine.begin() as connection:
        found = unseen(connection, now, now.replace(year=now.year + 1), set(), [])
    assert [each.cause for each in found] == [f"paid:{earlier.charge['id']}"]


@pytest.mark.parametrize("known", [True, False])
def test_what_is_sent_back_of_it_opens_the_bill(earlier: Earlier, known: bool) -> None:
    if known:
        earlier.told("checkout.session.completed")
    earlier.world.sandbox.till.refund({"charge": earlier.charge["id"], "amount": 2000})
    for kind in ("refund.created", "charge.refunded", "refund.created"):
        earlier.told(kind)
    assert earlier.books() == {"stripe": 6595, "fees": -175, "owed": 2000}
    earlier.world.sandbox.till.refund({"charge": earlier.charge["id"]})
    earlier.told("charge.refunded")
    assert earlier.books() == {"owed": 8420}
    assert (len(earlier.world.texts()), earlier.world.tickets()) == (2, [])


def test_what_a_bank_takes_back_of_it_opens_the_bill(earlier: Earlier) -> None:
    till = earlier.world.sandbox.till
    till.close_dispute(till.dispute(earlier.charge), "lost")
    earlier.told("charge.dispute.closed")
    assert earlier.books()["owed"] == 8420
    assert earlier.world.record(earlier.record.id).charged_back_at


def test_one_that_was_sent_back_whole_stays_as_it_is(earlier: Earlier) -> None:
    refund = earlier.world.sandbox.till.refund({"charge": earlier.charge["id"]})
    earlier.post(f"refund:{refund['id']}", back=True)
    with earlier.world.engine.begin() as connection:
        mark(connection, earlier.record.id, "refunded_at", earlier.world.clock.now())
    for kind in ("charge.refunded", "refund.created", "checkout.session.completed"):
        earlier.told(kind)
    assert (earlier.books(), earlier.world.texts(), earlier.world.tickets()) == ({"owed": 8420}, [], [])
