"""How a try can end, and what is then written into the row."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from handlers.outbox.rows import ASK_AFTER, ERASED, MOST_ATTEMPTS, maybe_done, wait

Outcome = Literal["sent", "later", "unsure", "dropped", "dead", "skipped", "overtaken"]

# What a carrier refuses with when its counterpart knows that the person opted out.
OPTED_OUT = "opted out"

_NO_ANSWER = "never heard back"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class End:
    """The word for it, and the columns to write."""

    outcome: Outcome
    values: dict[str, Any]


def sent(now: datetime, provider_id: str | None) -> End:
    """The counterpart has it."""
    return _over("sent", now, None, provider_id=provider_id)


def dropped(now: datetime, reason: str) -> End:
    """Nobody wants it any more."""
    return _over("dropped", now, reason)


def later(row: Row[Any], now: datetime, jitter: float, reason: str) -> End:
    """It was surely not done this time. But once unsure, always unsure: this says nothing about an earlier try."""
    attempts = row.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return dead(row, now, reason)
    return _again("later", "unsure" if maybe_done(row) else "waiting", now + wait(attempts, jitter), reason)


def unsure(row: Row[Any], now: datetime) -> End:
    """It may have been done. A key stays unsure; its person asks for another one if it did not come."""
    if row.category == "key":
        return unsure_for_good(now)
    return _again("unsure", "unsure", now + ASK_AFTER, _NO_ANSWER)


def unsure_for_good(now: datetime, reason: str = _NO_ANSWER) -> End:
    """It may have been done, and will not be done again."""
    return _over("unsure", now, reason)


def dead(row: Row[Any], now: datetime, reason: str) -> End:
    """Given up. Body and recipient stay, so that an operator can revive it; a key is never revived."""
    reason = (reason or _NO_ANSWER)[:200]
    _log.error("outbox row is dead: %s (%s, %s)", reason, row.kind, row.category, extra={"row": row.id})
    erased = ERASED if row.category == "key" else {"leased_until": None}
    return End("dead", {"state": "dead", "error": reason, "done_at": now, **erased})


def _over(state: Literal["sent", "dropped", "unsure"], now: datetime, reason: str | None, **more: str | None) -> End:
    return End(state, {"state": state, "error": reason, "done_at": now, **ERASED, **more})


def _again(outcome: Outcome, state: str, due_at: datetime, reason: str) -> End:
    times = {"due_at": due_at, "handed_until": None, "leased_until": None}
    return End(outcome, {"state": state, "error": reason[:200], **times})
