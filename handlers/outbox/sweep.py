"""Finding what is due. The table is the truth: what a lost broker forgot, the next sweep finds again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, case, func, or_, select, update

from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.tables import outbox
from handlers.outbox.rows import ERASED, HANDED, MAYBE_DONE, OPEN, due


def sweep(engine: Engine, clock: Clock, limit: int = 500) -> list[int]:
    """The ids of the rows that are now to be delivered, keys first; the next sweeps leave them alone for a while.

    No more than `limit` are on the broker at once, so that a slow counterpart does not fill it with repeats.
    Rows whose time has run out are dropped. Any number of sweeps may run at once.
    """
    now = clock.now()
    unclaimed = due(now) & or_(outbox.c.handed_until.is_(None), outbox.c.handed_until <= now)
    with reading(engine) as connection:  # most sweeps find nothing, and then take no write lock
        if connection.scalar(select(outbox.c.id).where(unclaimed).limit(1)) is None:
            return []
        handed = connection.scalar(select(func.count()).where(OPEN, outbox.c.handed_until > now)) or 0
    with engine.begin() as connection:
        ids = connection.scalars(
            select(outbox.c.id)
            .where(unclaimed)
            .order_by(case((outbox.c.category == "key", 0), else_=1), outbox.c.due_at, outbox.c.id)
            .limit(max(limit - handed, 0))
            .with_for_update(skip_locked=True)
        ).all()
        expired = _drop_expired(connection, ids, now)
        connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(handed_until=now + HANDED))
    return [row_id for row_id in ids if row_id not in expired]


def _drop_expired(connection: Connection, ids: Sequence[int], now: datetime) -> set[int]:
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.expires_at <= now)
        .values(state=case((MAYBE_DONE, "unsure"), else_="dropped"), error="expired", done_at=now, **ERASED)
        .returning(outbox.c.id)
    )
    return set(connection.scalars(statement))
