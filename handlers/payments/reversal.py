"""What refunds and disputes share: whose money they are about, held against others, and taken from where it lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import stripe
from sqlalchemy import Connection, func, or_, select

from bot.errors import Unavailable
from bot.money import Money
from bot.utility import Utility
from handlers.ledger.journal import Book, Line, receivable
from handlers.ledger.tables import account, entry, journal
from handlers.payments import charges
from handlers.payments.charges import Charge, held, take_back_lines
from handlers.payments.earlier import charge_of
from handlers.payments.link_request import reference_in
from handlers.payments.records import Record, by_id, hold_accounts, mark
from handlers.payments.wording import day_of


@dataclass(frozen=True, slots=True)
class Matter:
    """What an object of Stripe's is about: a charge that we keep and its payment. Both are None for a stranger's."""

    charge: Charge | None = None
    record: Record | None = None

    @property
    def charge_id(self) -> str | None:
        """The charge's id, if we keep it."""
        return self.charge.id if self.charge else None

    def line(self, book: Book, money: Money) -> Line:
        """A line about it."""
        of = self.charge
        return Line(book, money, of.account_id, of.payment_id) if of else Line(book, money)

    def day(self, at: datetime, utilities: Mapping[str, Utility]) -> date:
        """The day that it counts for."""
        return day_of(at, self.record, utilities)

    def instant(self, told: datetime, now: datetime) -> datetime:
        """When it happened: Stripe may tell us days later, or its clock may be ahead of ours."""
        at = min(told, now)
        return max(at, self.charge.taken_at) if self.charge else at


def matter_of(connection: Connection, about: str | stripe.Charge | None, now: datetime) -> Matter:
    """The charge that we keep and its payment, held against others until the transaction ends.

    Raises Unavailable if the charge is one of ours of which we have not heard yet: Stripe tells of it, and comes again.
    """
    charge_id = about if isinstance(about, str) else about.id if about else ""
    taken = charges.by_id(connection, charge_id)
    if taken is None and about is not None and not isinstance(about, str):
        reference = reference_in(about.metadata)
        record = by_id(connection, reference) if reference else None
        if record and not charge_of(connection, record, about, now):
            raise Unavailable("Stripe has not told us of that charge yet")
        taken = charges.by_id(connection, charge_id)
        if record and taken is None:  # it was sent back whole before charges were kept
            return Matter(None, record)
    if taken is None:
        return Matter()
    # A stranger's charge has no account, but a person may have put its money on one.
    lies_on = select(entry.c.account_id).join(journal, journal.c.id == entry.c.journal_id)
    theirs = account.c.id.in_(lies_on.where(journal.c.charge_id == taken.id))
    hold_accounts(connection, or_(account.c.id == taken.account_id, theirs))
    charges.hold(connection, taken.id)
    return Matter(taken, by_id(connection, taken.payment_id, hold=True) if taken.payment_id else None)


def lines_back(connection: Connection, matter: Matter, money: Money, against: Book) -> tuple[list[Line], Money]:
    """Lines that give `money` back from where the charge's money lies, and how much of it was not there any more.

    What was not there, or is nobody's that we know, is taken from `unapplied`: a person has to look.
    """
    lines = take_back_lines(connection, matter.charge, money.minor, against) if matter.charge else []
    missing = money - sum((-line.money for line in lines if line.book == against), Money(0, money.currency))
    if missing:
        lines += [matter.line("unapplied", missing), matter.line(against, -missing)]
    return lines, missing


def mark_if_nothing_is_left(connection: Connection, matter: Matter, at: datetime) -> None:
    """Write down that all of what was paid is gone again: taken by the bank if it took any of it, else sent back."""
    if matter.record is None or matter.charge is None or matter.charge.kind != "applied":
        return
    there = held(connection, matter.charge.id)
    if there.get("receivable", 0) + there.get("unapplied", 0) < 0:
        return
    took = select(journal.c.id).where(
        journal.c.charge_id == matter.charge.id, journal.c.cause.like("charged!_back:%", escape="!")
    )
    by_bank = connection.scalar(took.limit(1)) is not None
    mark(connection, matter.record.id, "charged_back_at" if by_bank else "refunded_at", at)


def opens_the_bill(connection: Connection, lines: Sequence[Line]) -> bool:
    """Whether the account owes something because of these lines, which have been posted."""
    accounts = {line.account_id for line in lines if line.book == "receivable" and line.account_id is not None}
    return any(receivable(connection, account_id) > 0 for account_id in accounts)


def posted(connection: Connection, cause: str) -> bool:
    """Whether this was posted before."""
    return connection.scalar(select(journal.c.id).where(journal.c.cause == cause)) is not None


def posted_to(connection: Connection, book: Book, causes: Sequence[str]) -> int:
    """What the journals of these causes come to in a book, in minor units."""
    sums = select(func.coalesce(func.sum(entry.c.minor), 0)).join(journal, journal.c.id == entry.c.journal_id)
    return int(connection.execute(sums.where(journal.c.cause.in_(causes), entry.c.book == book)).scalar_one())
