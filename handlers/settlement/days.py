"""Which days are reconciled: one day at a time, by one, by its row."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, delete, func, select, text, update

from handlers.ledger.database import reading
from handlers.ledger.journal import inserting
from handlers.ledger.reach import reachable
from handlers.ledger.tables import reconciliation

# From this time of the next day on, in the utility's zone. By then Stripe has all of the day.
FROM = time(6)
# So many days are caught up with after an outage.
MOST_DAYS = 7
# Whoever began and was not heard of again for this long is taken to be dead.
LEASE = timedelta(hours=1)
_LOCK = 7_032_029  # of all who begin a day; the number next to the one that remittances take


class Superseded(Exception):
    """Somebody else took the day over, because we were not heard of for too long."""


def due(engine: Engine, zone: ZoneInfo, now: datetime) -> Sequence[date]:
    """The days that are to be reconciled now, oldest first: yesterday, and what was missed since the first one."""
    local = now.astimezone(zone)
    latest = local.date() - timedelta(days=1 if local.time() >= FROM else 2)
    ended = reconciliation.c.ended_at.is_not(None)
    with reading(engine) as connection:
        first = connection.scalar(select(func.min(reconciliation.c.day)).where(ended)) or latest
        since = max(first, latest - timedelta(days=MOST_DAYS - 1))
        done = set(connection.scalars(select(reconciliation.c.day).where(ended, reconciliation.c.day >= since)))
    days = (since + timedelta(days=number) for number in range((latest - since).days + 1))
    return [day for day in days if day not in done]


def claim(connection: Connection, day: date, now: datetime, again: bool) -> bool:
    """Take the day on, in the caller's transaction; False if it is done and not `again`, or any is in somebody's hands.

    Two who hold different days against the ledger would meet: they look at the same open tickets and older lines.
    """
    if connection.dialect.name == "postgresql":  # on SQLite, a transaction that writes is alone anyway
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    others = (reconciliation.c.day != day, reconciliation.c.ended_at.is_(None))
    connection.execute(delete(reconciliation).where(*others, reconciliation.c.began_at <= now - LEASE))
    if connection.scalar(select(reconciliation.c.day).where(*others).limit(1)):
        return False
    row = {"began_at": now, "ended_at": None, "lines": 0, "repaired": 0, "differences": 0}
    free = and_(reconciliation.c.ended_at.is_(None), reconciliation.c.began_at <= now - LEASE)
    claiming = inserting(connection, reconciliation).values(day=day, **row)
    taken = claiming.on_conflict_do_update(
        index_elements=[reconciliation.c.day],
        set_=row,
        where=free | reconciliation.c.ended_at.is_not(None) if again else free,
    )
    return connection.scalar(taken.returning(reconciliation.c.day)) is not None


def still_ours(connection: Connection, day: date, began_at: datetime) -> None:
    """Hold the day's row until the transaction ends. Raises Superseded if somebody else has it."""
    mine = select(reconciliation.c.began_at).where(reconciliation.c.day == day).with_for_update()
    if connection.scalar(mine) != began_at:
        raise Superseded(f"{day} was taken over")


def finish(connection: Connection, day: date, ended_at: datetime, lines: int, repaired: int, differences: int) -> None:
    """Write down how it came out. The caller holds the row."""
    values = {"ended_at": ended_at, "lines": lines, "repaired": repaired, "differences": differences}
    connection.execute(update(reconciliation).where(reconciliation.c.day == day).values(values))


def let_go(engine: Engine, day: date, began_at: datetime) -> None:
    """It did not come to an end: the next look begins anew. Raises Unavailable if SQL is away: then in an hour."""
    unfinished = (
        reconciliation.c.day == day,
        reconciliation.c.began_at == began_at,
        reconciliation.c.ended_at.is_(None),
    )
    with reachable(), engine.begin() as connection:
        connection.execute(delete(reconciliation).where(*unfinished))
