"""Parked events: money whose meaning is not certain, for an operator to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from bot.names import PaymentId
from handlers.ledger.database import reading
from handlers.ledger.tables import stripe_event
from handlers.payments.records import reference


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event of Stripe's that waits for a person. `payment` is the reference of ours that it is about, if any."""

    id: str
    received_at: datetime
    type: str
    reason: str
    payment: str | None


def parked_events(engine: Engine, limit: int = 100) -> Sequence[ParkedEvent]:
    """The newest parked events first."""
    event = stripe_event.c
    query = (
        select(event.id, event.received_at, event.type, event.reason, event.payment_id)
        .where(event.state == "parked")
        .order_by(event.received_at.desc(), event.id)
        .limit(limit)
    )
    with reading(engine) as connection:
        return [
            ParkedEvent(row.id, row.received_at, row.type, row.reason, _about(row.payment_id))
            for row in connection.execute(query)
        ]


def _about(payment_id: str | None) -> str | None:
    return reference(PaymentId(payment_id)) if payment_id else None
