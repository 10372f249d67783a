"""The journal: double entry, append-only. Every movement of money is posted here once, balanced, for good.

A debit is above zero, a credit below. The books: `receivable` is what accounts owe us (its sum for an account is the
account's balance, and for a bill what is open of its period), `billed` what the utility charged, `elsewhere` what
billing says was paid or put right without us, `stripe` what Stripe holds for us, `bank` what it paid out to the
utility, `fees` what payers paid on top, `costs` what Stripe keeps for its work, `unapplied` what came in and belongs to
no bill, `returning` what is on its way back to a payer, `disputed` what a payer's bank took back until the dispute is
decided.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.tables import entry, journal

Book = Literal[
    "receivable", "billed", "elsewhere", "stripe", "bank", "fees", "costs", "unapplied", "returning", "disputed"
]


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a posting: a debit (above zero) or a credit (below) to a book, and whom and what it is about.

    `bill_id`, in `receivable` alone: the billing period; None is what was owed before the first bill we know (above
    zero) or a credit beyond the last (below zero).
    """

    book: Book
    money: Money
    account_id: int | None = None
    payment_id: PaymentId | None = None
    bill_id: int | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """Balanced lines that belong together. `cause` says what they are about: it is posted once.

    `effective_on` is the day they count for, in the utility's zone; `charge_id` the charge at Stripe whose money they
    move, if any. Raises ValueError if the lines do not balance.
    """

    cause: str
    lines: Sequence[Line]
    effective_on: date
    charge_id: str | None = None

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("nothing to post")
        sums: dict[str, int] = defaultdict(int)
        for line in self.lines:
            sums[line.money.currency] += line.money.minor
        if any(sums.values()):
            raise ValueError("debits and credits are not the same")


def post(
    connection: Connection,
    cause: str,
    lines: Sequence[Line],
    at: datetime,
    effective_on: date,
    charge_id: str | None = None,
) -> bool:
    """Post in the caller's transaction, at this instant; False, and nothing done, if `cause` was posted before.

    `charge_id` is the charge at Stripe whose money it moves. Two transactions that post the same cause at once: the
    second waits for the first. Raises ValueError if the lines do not balance.
    """
    posting = Posting(cause, lines, effective_on, charge_id)
    adding = inserting(connection, journal).values(_heading(posting, at))
    once = adding.on_conflict_do_nothing(index_elements=[journal.c.cause]).returning(journal.c.id)
    journal_id = connection.scalar(once)
    if journal_id is None:
        return False
    connection.execute(insert(entry), _entries(posting, journal_id))
    return True


def post_new(connection: Connection, postings: Sequence[Posting], at: datetime) -> None:
    """Post many at once, none of which was posted before: a cause that was raises IntegrityError."""
    if not postings:
        return
    headings = [_heading(each, at) for each in postings]
    made = connection.execute(insert(journal).returning(journal.c.cause, journal.c.id), headings)
    ids: dict[str, int] = {cause: journal_id for cause, journal_id in made}
    connection.execute(insert(entry), [row for each in postings for row in _entries(each, ids[each.cause])])


def _heading(posting: Posting, at: datetime) -> dict[str, Any]:
    return {
        "cause": posting.cause,
        "at": at,
        "effective_on": posting.effective_on,
        "charge_id": posting.charge_id,
    }


def _entries(posting: Posting, journal_id: int) -> list[dict[str, Any]]:
    return [
        {
            "journal_id": journal_id,
            "book": line.book,
            "account_id": line.account_id,
            "bill_id": line.bill_id,
            "payment_id": line.payment_id.reveal() if line.payment_id else None,
            "minor": line.money.minor,
            "currency": line.money.currency,
        }
        for line in posting.lines
    ]


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
