"""What Twilio says became of a text: its status callbacks come unordered, repeated, or not at all (RULES T7)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, false, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.names import Address
from bot.ports import Clock
from handlers.ledger.reach import reachable
from handlers.ledger.tables import outbox, text_status
from handlers.outbox.ends import OPTED_OUT
from handlers.outbox.rows import ERASED
from handlers.people import consent
from handlers.sms.twilio_words import word

# Twilio's word, and ours. `sent` may still become a final one; a final one stays. What comes before `sent` tells
# no more than that Twilio has it.
_BEFORE = frozenset({"accepted", "scheduled", "queued", "sending"})
_FINAL = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}


def record_status(
    engine: Engine,
    clock: Clock,
    sid: str,
    status: str,
    error_code: str | None,
    outbox_id: int | None,
    to: Address | None = None,
) -> None:
    """Keep one callback: `sid` and `status` as Twilio names them, `outbox_id` as our callback URL carried it.

    The same callback again changes nothing, an unknown status neither. An unsure row that is heard of is sent.
    Error 21610 opts `to` out. Raises Unavailable when SQL is away: Twilio need not be told, the next one says more.
    """
    if status not in _BEFORE and status != "sent" and status not in _FINAL:
        return
    now = clock.now()
    with reachable(), engine.begin() as connection:
        if not _is_new(connection, sid, status, error_code, now):
            return
        row = _row(connection, sid, outbox_id)
        if row is None:
            return
        if row.state in ("waiting", "unsure") and row.attempts > 0:
            done = {"state": "sent", "provider_id": sid, "done_at": now, "error": None, **ERASED}
            connection.execute(update(outbox).where(outbox.c.id == row.id).values(done))
        _move_on(connection, row.id, status, error_code)
        if word(error_code) == OPTED_OUT and to is not None:
            consent.record(connection, row.utility, to.reveal(), consent.ALL, False, now, sid)


def _is_new(connection: Connection, sid: str, status: str, error_code: str | None, now: datetime) -> bool:
    insert_or_not = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(text_status)
    values = {"message_sid": sid, "status": status, "error": error_code, "at": now}
    columns = [text_status.c.message_sid, text_status.c.status]
    statement = insert_or_not.values(values).on_conflict_do_nothing(index_elements=columns)
    return connection.scalar(statement.returning(text_status.c.id)) is not None


def _row(connection: Connection, sid: str, outbox_id: int | None) -> Row[Any] | None:
    which = outbox.c.provider_id == sid if outbox_id is None else outbox.c.id == outbox_id
    query = select(outbox).where(which, outbox.c.kind == "text").limit(1).with_for_update()
    return connection.execute(query).one_or_none()


def _move_on(connection: Connection, row_id: int, status: str, error_code: str | None) -> None:
    """Forwards only: nothing, then sent, then a final word."""
    if status in _BEFORE:
        return
    values = {"delivery": _FINAL.get(status, status)} | ({"error": word(error_code)} if error_code else {})
    overtakes_sent = outbox.c.delivery == "sent" if status in _FINAL else false()
    earlier = or_(outbox.c.delivery.is_(None), overtakes_sent)
    connection.execute(update(outbox).where(outbox.c.id == row_id, earlier).values(values))
