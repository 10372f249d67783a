"""The journal: double entry, append-only. Every movement of money is posted here once, balanced, for good.

A debit is above zero, a credit below. The books: `receivable` is what accounts owe us (its sum for an account is the
account's balance), `billed` what the utility charged, `elsewhere` what billing says was paid or put right without us,
`stripe` what Stripe holds for us, `fees` what payers paid on top, `unapplied` what came in and belongs to no bill.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.tables import entry, journal

Book = Literal["receivable", "billed", "elsewhere", "stripe", "fees", "unapplied"]


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a posting: a debit (above zero) or a credit (below) to a book, and whom and what it is about."""

    book: Book
    money: Money
    account_id: int | None = None
    payment_id: PaymentId | None = None


def post(connection: Connection, cause: str, lines: Sequence[Line], at: datetime, effective_on: date) -> bool:
    """Post balanced lines in the caller's transaction; False, and nothing done, if `cause` was posted before.

    `at` is the instant it is written, `effective_on` the day it counts for, in the utility's zone. Two transactions
    that post the same cause at once: the second waits for the first. Raises ValueError if the lines do not balance.
    """
    _must_balance(lines)
    adding = inserting(connection, journal).values(cause=cause, at=at, effective_on=effective_on)
    journal_id = connection.scalar(
        adding.on_conflict_do_nothing(index_elements=[journal.c.cause]).returning(journal.c.id)
    )
    if journal_id is None:
        return False
    rows = [
        {
            "journal_id": journal_id,
            "book": line.book,
            "account_id": line.account_id,
            "payment_id": line.payment_id.reveal() if line.payment_id else None,
            "minor": line.money.minor,
            "currency": line.money.currency,
        }
        for line in lines
    ]
    connection.execute(insert(entry), rows)
    return True


def _must_balance(lines: Sequence[Line]) -> None:
    if not lines:
        raise ValueError("nothing to post")
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.money.currency] += line.money.minor
    if any(sums.values()):
        raise ValueError("debits and credits are not the same")


def receivable(connection: Connection, account_id: int, before: date | None = None) -> int:
    """What the account owes, in minor units (a credit is below zero); with `before`, as it was when that day began."""
    owed = select(func.coalesce(func.sum(entry.c.minor), 0)).where(
        entry.c.account_id == account_id, entry.c.book == "receivable"
    )
    if before is not None:
        owed = owed.join(journal, journal.c.id == entry.c.journal_id).where(journal.c.effective_on < before)
    return int(connection.execute(owed).scalar_one())


def inserting(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in the connection's own dialect, for its ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
