"""Which days are reconciled: one day at a time, by one, by its row."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, delete, func, or_, select, text, update

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
# A day that is done again keeps its earlier ending until it comes to another one, also if whoever is at it dies.
_NEVER_ENDED = reconciliation.c.ended_at.is_(None)
_IN_HAND = or_(_NEVER_ENDED, reconciliation.c.ended_at < reconciliation.c.began_at)


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
    stale = reconciliation.c.began_at <= now - LEASE
    another = reconciliation.c.day != day
    connection.execute(delete(reconciliation).where(another, _NEVER_ENDED, stale))
    if connection.scalar(select(reconciliation.c.day).where(another, _IN_HAND, ~stale).limit(1)):
        return False
    claiming = inserting(connection, reconciliation).values(day=day, began_at=now, lines=0, repaired=0, differences=0)
    taken = claiming.on_conflict_do_update(
        index_elements=[reconciliation.c.day],
        set_={"began_at": now},
        where=or_(stale, ~_IN_HAND) if again else and_(stale, _NEVER_ENDED),
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
    """It did not come to an end: the next look begins anew, and a day that had ended before is as it was.

    Raises Unavailable if SQL is away: then in an hour.
    """
    ours = (reconciliation.c.day == day, reconciliation.c.began_at == began_at)
    with reachable(), engine.begin() as connection:
        connection.execute(delete(reconciliation).where(*ours, _NEVER_ENDED))
        connection.execute(update(reconciliation).where(*ours, _IN_HAND).values(began_at=reconciliation.c.ended_at))
