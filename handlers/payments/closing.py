"""Turning links off: at their time, or as soon as nobody should pay with them any more (RULES M1).

The parcel that turns a link off is written with the order, before Stripe is asked to make one. So no crash can leave a
link behind: whoever carries the parcel and finds no link written down asks Stripe which one it was.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, update

from bot.names import PaymentId
from handlers.ledger.tables import outbox
from handlers.outbox.parcel import Parcel, put
from handlers.outbox.rows import OPEN
from handlers.payments.records import Record, give_up
from handlers.sealing import Sealer


def close_at(connection: Connection, sealer: Sealer, record: Record, now: datetime) -> None:
    """Have this payment's link turned off when its time is up, whether or not there is one by then."""
    parcel = Parcel(
        kind="close_link",
        cause=_cause(record.id),
        utility=record.utility,
        category="chore",
        body={"payment": record.id.reveal()},
        due_at=record.expires_at,
    )
    put(connection, sealer, parcel, now)


def close_later(connection: Connection, payment_id: PaymentId, at: datetime) -> None:
    """Have this link turned off then: it came late, and lives its whole time all the same."""
    connection.execute(update(outbox).where(outbox.c.cause == _cause(payment_id), OPEN).values(due_at=at))


def close_now(connection: Connection, payments: Iterable[PaymentId], now: datetime) -> None:
    """Have these links turned off now, unless they were already, or are about to be."""
    causes = [_cause(payment_id) for payment_id in payments]
    if causes:
        sooner = (outbox.c.cause.in_(causes), OPEN, outbox.c.due_at > now)
        connection.execute(update(outbox).where(*sooner).values(due_at=now))


def withdraw(connection: Connection, now: datetime, *conditions: ColumnElement[bool]) -> None:
    """Withdraw the unpaid payments that meet the conditions: our short links end at once, Stripe's by parcel."""
    close_now(connection, give_up(connection, "withdrawn_at", now, *conditions), now)


def _cause(payment_id: PaymentId) -> str:
    return f"close:{payment_id.reveal()}"
