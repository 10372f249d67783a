"""Importing what a billing system exports: all of a file or none of it, in one pass, in memory that does not grow.

Files are CSV in UTF-8 (open them with `newline=""`); a byte order mark and empty lines are tolerated, columns may come
in any order but must all be there. On SQLite nobody else can write until the import is over.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TextIO

from sqlalchemy import Connection, Engine

from bot.ports import Clock
from bot.utility import Utility
from handlers.billing.accounts import Accounts
from handlers.billing.batches import Imported, batches, one_at_a_time, tell_planner
from handlers.billing.bills import Bills
from handlers.billing.sheet import BadFile, BadRow, Faults, Reader, Row, read
from handlers.ledger.database import take_time
from handlers.ledger.reach import reachable

__all__ = ["BadFile", "BadRow", "Imported", "Keeper", "bring_in", "import_accounts", "import_bills"]


def import_accounts(engine: Engine, utility: Utility, lines: TextIO, clock: Clock) -> Imported:
    """Keep the rows of accounts.csv; importing them again changes nothing. An account not in the file stays.

    Raises BadFile, which names every fault by line and column, or Unavailable.
    """
    del clock  # accounts bear no time; every kind of file is imported through the same face
    return bring_in(engine, lines, lambda connection, faults: Accounts(connection, utility, faults))


def import_bills(engine: Engine, utility: Utility, lines: TextIO, clock: Clock) -> Imported:
    """Keep the rows of bills.csv and post what they mean; importing them again posts nothing.

    Raises BadFile, which names every fault by line and column, or Unavailable.
    """
    return bring_in(engine, lines, lambda connection, faults: Bills(connection, utility, clock.now(), faults))


class Keeper(Protocol):
    """The rows of one kind of file, on their way into the database."""

    columns: dict[str, Reader]

    def keep(self, batch: Sequence[Row]) -> Imported:
        """Write a batch; look only, once the file has a fault."""

    def finish(self) -> None:
        """Do what can be done only with all of them there."""


def bring_in(engine: Engine, lines: Iterable[str], begin: Callable[[Connection, Faults], Keeper]) -> Imported:
    """Keep all rows of a file in one transaction, or none. Raises BadFile, Unavailable."""
    faults = Faults()
    done = Imported()
    with reachable(), engine.begin() as connection:
        take_time(connection)
        one_at_a_time(connection)
        keeper = begin(connection, faults)
        for batch in batches(read(lines, keeper.columns, faults)):
            done += keeper.keep(batch)
        faults.settle()
        tell_planner(connection, done)
        keeper.finish()
    return done
