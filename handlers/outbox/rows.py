"""The life of an outbox row: which rows are still to be done, which may already have been, how long the next try waits.

waiting -> sent | dropped | dead, or unsure -> the same. A row that is done with has `done_at`; one that is not, and
is `unsure`, is asked about before it is done again, if its carrier can ask: an email is sent again. Keys are the
exception: unsure, they stay so (RULES T10).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, and_, or_, select

from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import outbox

# How long a row handed to the broker stays off the next sweeps. A broker that lost it costs this much delay.
HANDED = timedelta(seconds=30)
# How long a worker may hold a row: longer than the slowest carrier, whose every network step has a time limit.
LEASE = timedelta(seconds=90)
# When to ask about a row whose answer was lost: Twilio and its callbacks have caught up by then.
ASK_AFTER = timedelta(minutes=2)

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
# At a quarter of an hour a try, a counterpart may be away for most of a day before a person has to look.
MOST_ATTEMPTS = 100

OPEN: ColumnElement[bool] = and_(outbox.c.state.in_(("waiting", "unsure")), outbox.c.done_at.is_(None))
# A worker took it and was never heard of again: it may have been done.
_ABANDONED = and_(outbox.c.attempts > 0, outbox.c.leased_until.is_not(None))
MAYBE_DONE: ColumnElement[bool] = or_(outbox.c.state == "unsure", _ABANDONED)

# What no row keeps once it is done with.
ERASED: dict[str, Any] = {"body": None, "recipient": None, "leased_until": None}


def due(now: datetime) -> ColumnElement[bool]:
    """Whether a row's time has come and no worker holds it."""
    leased_until = outbox.c.leased_until
    return and_(OPEN, outbox.c.due_at <= now, or_(leased_until.is_(None), leased_until <= now))


def maybe_done(row: Row[Any]) -> bool:
    """MAYBE_DONE, of a row that was read."""
    return row.state == "unsure" or (row.attempts > 0 and row.leased_until is not None)


def anothers(engine: Engine, provider_id: str, row_id: int) -> bool:
    """Whether the counterpart's id is written down for another row than this. Raises Unavailable when SQL is away."""
    other = select(outbox.c.id).where(outbox.c.provider_id == provider_id, outbox.c.id != row_id).limit(1)
    with reachable(), reading(engine) as connection:
        return connection.scalar(other) is not None


def wait(attempts: int, jitter: float) -> timedelta:
    """How long after try number `attempts` the next one comes: doubling, bounded; `jitter` (0 to 1) takes half off."""
    doublings = min(attempts - 1, 20)  # far beyond the longest wait, and no overflow
    whole: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return whole * (1 - jitter / 2)
