"""The ledger's side: what it says moved at Stripe, and Stripe's fees, which nothing else posts."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.journal import Line, Posting, post_new
from handlers.ledger.tables import entry, journal, statement_line
from handlers.settlement.lines import StatementLine, cost, cost_cause

_CHUNK = 500

# What a journal did to the book `stripe`, in each currency; nothing, if it did nothing to it.
Moved = tuple[Money, ...]


def moved(connection: Connection, causes: Collection[str]) -> dict[str, Moved]:
    """Of these causes, those that are posted, each with what it did to the book `stripe`."""
    at_stripe = and_(entry.c.journal_id == journal.c.id, entry.c.book == "stripe")
    query = (
        select(journal.c.cause, entry.c.currency, func.sum(entry.c.minor).label("minor"))
        .join(entry, at_stripe, isouter=True)
        .where(journal.c.cause.in_(causes))
        .group_by(journal.c.cause, entry.c.currency)
    )
    found: dict[str, Moved] = defaultdict(tuple)
    for row in connection.execute(query):
        found[row.cause] += (Money(int(row.minor), row.currency),) if row.currency else ()
    return dict(found)


def post_costs(
    connection: Connection, lines: Sequence[StatementLine], known: Mapping[str, Moved], zone: ZoneInfo, at: datetime
) -> dict[str, Moved]:
    """Post what Stripe keeps of these lines, on the day of each, but for those `known`; what was posted now."""
    new = [line for line in lines if cost(line) and cost_cause(line) not in known]
    postings = [
        Posting(
            cost_cause(line),
            (Line("stripe", -cost(line)), Line("costs", cost(line))),
            line.created_at.astimezone(zone).date(),
        )
        for line in new
    ]
    post_new(connection, postings, at)
    return {cost_cause(line): (-cost(line),) for line in new}


@dataclass(frozen=True, slots=True)
class Movement:
    """A journal that moved `stripe`, and the payment it is about, if any."""

    cause: str
    at: datetime
    money: Money
    payment_id: PaymentId | None


def unseen(
    connection: Connection, since: datetime, until: datetime, seen: Set[str], also: Sequence[str]
) -> list[Movement]:
    """The journals posted in that time, and these, that moved `stripe` and that no line says the same as.

    `seen` are the causes of lines that were looked at just now; of others the kept lines know. `at` decides, not the
    day that a posting counts for: each journal was posted in one instant, however late the news of it came, so none is
    left out. Fees are never among them: they are posted together with their line. Nor are payments that were posted by
    their session, before charges were kept, or that which takes them back.
    """
    posted_then = and_(journal.c.at >= since, journal.c.at < until)
    others = (journal.c.cause.not_like(kind, escape="/") for kind in ("cost:%", "paid:cs/_%", "before:%"))
    chosen = (or_(posted_then, journal.c.cause.in_(also)), *others)
    left = [each for each in _movements(connection, *chosen) if each.cause not in seen]
    kept: set[str] = set()
    for start in range(0, len(left), _CHUNK):
        kept |= _kept(connection, [each.cause for each in left[start : start + _CHUNK]])
    return [each for each in left if each.cause not in kept]


def _kept(connection: Connection, causes: Sequence[str]) -> set[str]:
    """Those of these causes that a kept line says the same as; found by what the line is about, which is indexed."""
    objects = [cause.partition(":")[2] for cause in causes]
    theirs = statement_line.c.source.in_(objects) | statement_line.c.id.in_(objects)
    return {cause for cause in connection.scalars(select(statement_line.c.cause).where(theirs)) if cause}


def about(connection: Connection, wanted: str) -> PaymentId | None:
    """The payment that the journal of this cause is about, if any."""
    return next((each.payment_id for each in list(_movements(connection, journal.c.cause == wanted))), None)


def _movements(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Movement]:
    minor = func.sum(entry.c.minor)
    query = (
        select(journal.c.cause, journal.c.at, entry.c.currency, minor, func.max(entry.c.payment_id).label("payment_id"))
        .join(entry, entry.c.journal_id == journal.c.id)
        .where(entry.c.book == "stripe", *conditions)
        .group_by(journal.c.id, journal.c.cause, journal.c.at, entry.c.currency)
        .having(minor != 0)
        .order_by(journal.c.id)
    )
    for row in connection.execute(query.execution_options(yield_per=_CHUNK)):
        payment_id = PaymentId(row.payment_id) if row.payment_id else None
        yield Movement(row.cause, row.at, Money(int(row[3]), row.currency), payment_id)


@dataclass(frozen=True, slots=True)
class Totals:
    """In one currency: the book `stripe` up to a day and now, and all kept lines up to that day, the first of them."""

    ledger: Money
    statement: Money
    ledger_now: Money


def totals(connection: Connection, day: date, day_ends: datetime) -> dict[str, Totals]:
    """By currency. Sums over all that was ever posted."""
    book = select(entry.c.currency, func.sum(entry.c.minor)).where(entry.c.book == "stripe").group_by(entry.c.currency)
    until_day = book.join(journal, journal.c.id == entry.c.journal_id).where(journal.c.effective_on <= day)
    lines = (
        select(statement_line.c.currency, func.sum(statement_line.c.minor - statement_line.c.fee))
        .where(statement_line.c.created_at < day_ends)
        .group_by(statement_line.c.currency)
    )
    then, now, said = (_by_currency(connection.execute(query)) for query in (until_day, book, lines))
    return {
        each: Totals(*(Money(sums.get(each, 0), each) for sums in (then, said, now))) for each in sorted({*now, *said})
    }


def _by_currency(rows: object) -> dict[str, int]:
    return {row[0]: int(row[1]) for row in rows}  # type: ignore[attr-defined]


def first_line(connection: Connection) -> datetime | None:
    """When the oldest line that was kept was created."""
    found: datetime | None = connection.scalar(select(func.min(statement_line.c.created_at)))
    return found
