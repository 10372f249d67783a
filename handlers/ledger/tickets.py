"""Tickets: what has no one safe answer, and waits for a person at the utility (RULES M11).

A ticket is opened in the transaction of its cause, once, and closed by name. What it is about stays in the ledger.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

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
