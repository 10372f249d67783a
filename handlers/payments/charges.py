"""Charges: the money that Stripe took for us, one row each, and where in the books it lies now.

A charge is what refunds and disputes are about, so that each cent that goes back is taken from where it was put.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, case, func, select

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.journal import Book, Line, inserting
from handlers.ledger.tables import bill, charge, entry, journal, payment

Kind = Literal[
    "applied",  # what we asked for, by our link
    "second",  # one link, paid again, whether or not the first payment went back meanwhile
    "differs",  # another sum than we asked for: it waits for a person
    "stranger",  # no payment of ours
]
# What a payer brought, in the order in which it is given back: first what nobody owed, the fee last.
_GIVEN_BACK: tuple[Book, ...] = ("unapplied", "receivable", "fees")


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge at Stripe that succeeded. `session` and `intent` are Stripe's; a stranger's has no payment of ours."""

    id: str
    session: str | None
    intent: str | None
    payment_id: PaymentId | None
    account_id: int | None
    total: Money
    kind: Kind
    taken_at: datetime


def keep(connection: Connection, taken: Charge) -> bool:
    """Write it down in the caller's transaction; False if it is known already."""
    values = {
        "id": taken.id,
        "session": taken.session,
        "intent": taken.intent,
        "payment_id": taken.payment_id.reveal() if taken.payment_id else None,
        "account_id": taken.account_id,
        "minor": taken.total.minor,
        "currency": taken.total.currency,
        "kind": taken.kind,
        "taken_at": taken.taken_at,
    }
    adding = inserting(connection, charge).values(values).on_conflict_do_nothing(index_elements=[charge.c.id])
    return connection.scalar(adding.returning(charge.c.id)) is not None


def by_id(connection: Connection, charge_id: str) -> Charge | None:
    """The charge of this id of Stripe's."""
    row = connection.execute(select(charge).where(charge.c.id == charge_id)).one_or_none()
    if row is None:
        return None
    return Charge(
        id=row.id,
        session=row.session,
        intent=row.intent,
        payment_id=PaymentId(row.payment_id) if row.payment_id else None,
        account_id=row.account_id,
        total=Money(row.minor, row.currency),
        kind=row.kind,
        taken_at=row.taken_at,
    )


def hold(connection: Connection, charge_id: str) -> None:
    """Let nobody else decide about the money of this charge until the transaction ends. Accounts are held before it."""
    connection.execute(select(charge.c.id).where(charge.c.id == charge_id).with_for_update(key_share=True))


def held(connection: Connection, charge_id: str) -> dict[Book, int]:
    """What the journals of this charge come to in each book, in minor units: a debit above zero, a credit below."""
    sums = select(entry.c.book, func.sum(entry.c.minor).label("minor"))
    of_it = sums.join(journal, journal.c.id == entry.c.journal_id).where(journal.c.charge_id == charge_id)
    return {row.book: int(row.minor) for row in connection.execute(of_it.group_by(entry.c.book))}


def take_back_lines(connection: Connection, taken: Charge, minor: int, against: Book) -> list[Line]:
    """Lines that take `minor` back from where the charge's money lies, and put it into `against`.

    What belongs to no bill goes first, then what was paid on bills, the newest billing period first (a credit beyond
    them before all), the fee last. Never more than the charge still has there: the lines come to less, or there are
    none. The caller holds the account.
    """
    lines: list[Line] = []
    left = minor
    for place in _places(connection, taken):
        part = min(left, -place.money.minor)
        if part > 0:
            money = Money(part, taken.total.currency)
            lines.append(Line(place.book, money, place.account_id, place.payment_id, place.bill_id))
            left -= part
    if lines:
        moved = Money(left - minor, taken.total.currency)
        lines.append(Line(against, moved, taken.account_id, taken.payment_id))
    return lines


def _places(connection: Connection, taken: Charge) -> list[Line]:
    """Where the charge's money lies, first what is given back first: credits, so below zero."""
    place = (entry.c.book, entry.c.account_id, entry.c.payment_id, entry.c.bill_id)
    minor = func.sum(entry.c.minor)
    turn = case({book: number for number, book in enumerate(_GIVEN_BACK)}, value=entry.c.book)
    beyond_bills = case((entry.c.bill_id.is_(None), 0), else_=1)
    rows = connection.execute(
        select(*place, minor.label("minor"))
        .join(journal, journal.c.id == entry.c.journal_id)
        .join(bill, bill.c.id == entry.c.bill_id, isouter=True)
        .where(journal.c.charge_id == taken.id, entry.c.book.in_(_GIVEN_BACK))
        .group_by(*place, bill.c.period_start)
        .having(minor < 0)
        .order_by(turn, beyond_bills, bill.c.period_start.desc(), entry.c.bill_id, entry.c.account_id)
    )
    currency = taken.total.currency
    return [
        Line(
            row.book,
            Money(int(row.minor), currency),
            row.account_id,
            PaymentId(row.payment_id) if row.payment_id else None,
            row.bill_id,
        )
        for row in rows
    ]


def sent_back(connection: Connection, payment_id: PaymentId) -> Money:
    """How much of what this payment brought went back to its payer by refunds, and did not come to us again."""
    went = journal.c.cause.startswith("refund:") & (entry.c.book == "returning")
    came_again = journal.c.cause.startswith("refund_back:", autoescape=True) & (entry.c.book == "unapplied")
    sums = (
        select(func.coalesce(func.sum(case((went, -entry.c.minor), (came_again, entry.c.minor))), 0))
        .select_from(charge)
        .join(journal, journal.c.charge_id == charge.c.id)
        .join(entry, entry.c.journal_id == journal.c.id)
        .where(charge.c.payment_id == payment.c.id, charge.c.kind == "applied")
    )
    query = select(payment.c.currency, sums.scalar_subquery().label("minor"))
    row = connection.execute(query.where(payment.c.id == payment_id.reveal())).one()
    return Money(int(row.minor), row.currency)
