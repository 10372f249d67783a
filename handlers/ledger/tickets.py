"""Tickets: what has no one safe answer, and waits for a person at the utility (RULES M11).

A ticket is opened in the transaction of its cause, once, and closed by name. What it is about stays in the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.journal import inserting
from handlers.ledger.tables import ticket

Kind = Literal[
    "second_payment",  # one link, paid twice; or the bill was paid already, and the utility's policy did not settle it
    "sum_differs",  # Stripe took another sum than we asked for
    "unknown_payment",  # money of no payment of ours
    "refund_failed",  # money that was to go back came back to us
    "unknown_refund",  # a refund of a charge that we do not know
    "dispute",  # the payer's bank asks for its money back: answer at Stripe by its deadline
    "unknown_dispute",
    "payout_failed",  # Stripe could not pay out to the utility's bank
    "unclear_event",  # an event of Stripe's that makes no sense to us
    "difference",  # found by reconciliation: Stripe and the ledger do not say the same
]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a person has to look at. `cause` makes it once; `object_id` is what to look up at Stripe."""

    kind: Kind
    cause: str
    object_id: str
    money: Money | None = None
    payment_id: PaymentId | None = None
    account_id: int | None = None
    charge_id: str | None = None


def open_ticket(connection: Connection, wanted: Ticket, at: datetime) -> bool:
    """Open it in the caller's transaction; False if its cause opened one before."""
    values = {
        "cause": wanted.cause,
        "kind": wanted.kind,
        "object_id": wanted.object_id,
        "payment_id": wanted.payment_id.reveal() if wanted.payment_id else None,
        "account_id": wanted.account_id,
        "charge_id": wanted.charge_id,
        "minor": wanted.money.minor if wanted.money else None,
        "currency": wanted.money.currency if wanted.money else None,
        "opened_at": at,
    }
    adding = inserting(connection, ticket).values(values).on_conflict_do_nothing(index_elements=[ticket.c.cause])
    return connection.scalar(adding.returning(ticket.c.id)) is not None


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket as it stands, with its number; open as long as `closed_at` is None."""

    id: int
    ticket: Ticket
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    outcome: str | None


def open_tickets(connection: Connection) -> Sequence[Opened]:
    """Those that wait for a person, oldest first."""
    return _find(connection, ticket.c.closed_at.is_(None))


def ticket_by_id(connection: Connection, ticket_id: int) -> Opened | None:
    """The ticket of this number."""
    return next(iter(_find(connection, ticket.c.id == ticket_id)), None)


def close_ticket(connection: Connection, ticket_id: int, by: str, outcome: str, at: datetime) -> bool:
    """Close it in the caller's transaction: who did it, and what came of it. False if it is not open."""
    closing = update(ticket).where(ticket.c.id == ticket_id, ticket.c.closed_at.is_(None))
    return connection.execute(closing.values(closed_at=at, closed_by=by[:80], outcome=outcome[:200])).rowcount == 1


def count_open(connection: Connection) -> dict[Kind, int]:
    """How many of each kind wait for a person; every kind is there."""
    counts = select(ticket.c.kind, func.count()).where(ticket.c.closed_at.is_(None)).group_by(ticket.c.kind)
    return dict.fromkeys(get_args(Kind), 0) | {kind: number for kind, number in connection.execute(counts)}


def _find(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Opened]:
    wanted = select(ticket).where(condition).order_by(ticket.c.opened_at, ticket.c.id)
    return [_opened(row) for row in connection.execute(wanted)]


def _opened(row: Row[Any]) -> Opened:
    about = Ticket(
        kind=row.kind,
        cause=row.cause,
        object_id=row.object_id,
        money=Money(row.minor, row.currency) if row.minor is not None else None,
        payment_id=PaymentId(row.payment_id) if row.payment_id else None,
        account_id=row.account_id,
        charge_id=row.charge_id,
    )
    return Opened(row.id, about, row.opened_at, row.closed_at, row.closed_by, row.outcome)
