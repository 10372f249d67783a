"""Remitting: telling billing, once, of every journal that changed what an account owes through us.

A journal is claimed by exactly one remittance, in the transaction that also writes the file's rows. The file is put in
its place after the commit: a crash in between leaves a remittance without its file, and `again` writes the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, func, insert, literal, or_, select, text, update

from bot.money import Money
from bot.ports import Clock
from bot.utility import Utility
from handlers.ledger.database import take_time
from handlers.ledger.tables import account, entry, journal, remittance, remitted
from handlers.ledger.transactions import snapshot, transact
from handlers.remittance.paper import Totals, write
from handlers.remittance.told import told
from handlers.remittance.whole import whole_file

_LOCK = 7_032_028  # of all remittances; the number next to the one that imports take


class NoSuchRemittance(Exception):
    """No remittance of this utility has that number."""


class Altered(Exception):
    """The ledger does not say any more what it said when the remittance was made. It is append-only: find out who."""


@dataclass(frozen=True, slots=True)
class Made:
    """A remittance: its number (each utility counts from 1, without gaps), when it was made, what it comes to."""

    number: int
    at: datetime
    totals: Totals


def remit(engine: Engine, utility: Utility, path: Path, clock: Clock) -> Made:
    """Tell what was not told yet, in a new file; one without rows if there is nothing.

    Raises Occupied if the file is there, Unavailable.
    """

    def fill(out: BinaryIO) -> Made:
        def work(connection: Connection) -> Made:
            out.seek(0)  # what an earlier try wrote was not kept
            out.truncate()
            return make(connection, utility, clock.now(), out)

        return transact(engine, clock, work)

    return _file(path, fill)


def remit_again(engine: Engine, utility: Utility, number: int, path: Path) -> Made:
    """The same bytes once more, in a new file. Raises NoSuchRemittance, Altered, Occupied, Unavailable."""

    def fill(out: BinaryIO) -> Made:
        with snapshot(engine) as connection:
            return repeat(connection, utility, number, out)

    return _file(path, fill)


def _file(path: Path, fill: Callable[[BinaryIO], Made]) -> Made:
    with whole_file(path) as out:
        return fill(out)


def make(connection: Connection, utility: Utility, at: datetime, out: BinaryIO) -> Made:
    """Claim all that was not told yet and write it to `out`, in the caller's transaction."""
    _alone(connection)
    number = 1 + (connection.scalar(select(func.max(remittance.c.number)).where(_of(utility))) or 0)
    values = {"utility": utility.name, "number": number, "made_at": at, "currency": utility.currency}
    blank = {"rows": 0, "minor": 0, "checksum": ""}
    made = connection.execute(insert(remittance).values(values | blank).returning(remittance.c.id)).scalar_one()
    _claim(connection, utility, made)
    totals = write(out, utility.name, number, told(connection, made), utility.currency)
    says = {"rows": totals.rows, "minor": totals.amount.minor, "checksum": totals.checksum}
    connection.execute(update(remittance).where(remittance.c.id == made).values(says))
    return Made(number, at, totals)


def repeat(connection: Connection, utility: Utility, number: int, out: BinaryIO) -> Made:
    """Write remittance `number` to `out` as it was. Raises NoSuchRemittance, Altered."""
    row = connection.execute(select(remittance).where(_of(utility), remittance.c.number == number)).one_or_none()
    if row is None:
        raise NoSuchRemittance(f"There is no remittance {number} of {utility.name}")
    totals = write(out, utility.name, number, told(connection, row.id), row.currency)
    if totals != Totals(row.rows, Money(row.minor, row.currency), row.checksum):
        raise Altered(f"Remittance {number} would not be what it was")
    return Made(number, row.made_at, totals)


def _alone(connection: Connection) -> None:
    """Wait for another remittance to end. On SQLite, a transaction that writes is alone anyway."""
    take_time(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("set local lock_timeout = 0"))
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _claim(connection: Connection, utility: Utility, remittance_id: int) -> None:
    """Every journal that changed what an account of this utility owes through us, and that no remittance has."""
    ours = or_(entry.c.payment_id.is_not(None), journal.c.charge_id.is_not(None))
    untold = (
        select(journal.c.id, literal(remittance_id, BigInteger))
        .join(entry, entry.c.journal_id == journal.c.id)
        .join(account, account.c.id == entry.c.account_id)
        .outerjoin(remitted, remitted.c.journal_id == journal.c.id)
        .where(account.c.utility == utility.name, entry.c.book == "receivable", ours, remitted.c.journal_id.is_(None))
        .distinct()
    )
    connection.execute(insert(remitted).from_select(["journal_id", "remittance_id"], untold))


def _of(utility: Utility) -> ColumnElement[bool]:
    return remittance.c.utility == utility.name
