"""What an operator can do about the outbox: see dead letters, revive one, and doubt what a backup says is unsent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select, update

from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.tables import outbox
from handlers.outbox.rows import OPEN


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row that was given up, without its body and without whom it was for."""

    id: int
    kind: str
    category: str
    attempts: int
    error: str
    created_at: datetime


def dead_letters(engine: Engine, limit: int = 100) -> Sequence[DeadLetter]:
    """The newest dead letters first."""
    columns = (outbox.c.id, outbox.c.kind, outbox.c.category, outbox.c.attempts, outbox.c.error, outbox.c.created_at)
    query = select(*columns).where(outbox.c.state == "dead").order_by(outbox.c.id.desc()).limit(limit)
    with reading(engine) as connection:
        return [DeadLetter(*row) for row in connection.execute(query)]


def revive(engine: Engine, row_id: int, clock: Clock) -> bool:
    """Have a dead letter tried again now. False when there is no such one, or it is a key: those are never sent again.

    It comes back as unsure: nobody knows any more what its tries did, and asking costs little.
    """
    alive = {"state": "unsure", "attempts": 0, "due_at": clock.now(), "done_at": None, "handed_until": None}
    dead = (outbox.c.id == row_id, outbox.c.state == "dead", outbox.c.category != "key")
    with engine.begin() as connection:
        return connection.execute(update(outbox).where(*dead).values(**alive)).rowcount == 1


def doubt(engine: Engine) -> int:
    """After a restore: what the backup says is unsent may have gone out since. How many rows are now unsure.

    A text is asked about before it is sent, an email cannot be. A key is not sent at all: it was made for a
    conversation that is long over.
    """
    doubted = {"state": "unsure", "handed_until": None, "leased_until": None}
    with engine.begin() as connection:
        return connection.execute(update(outbox).where(OPEN).values(**doubted)).rowcount
