"""Stripe's statement: fetched a page at a time with no transaction open, and kept."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import stripe
from sqlalchemy import ColumnElement, Connection, select

from bot.money import Money
from handlers.ledger.journal import inserting
from handlers.ledger.tables import statement_line
from handlers.payments.stripe_client import NotThere, translated
from handlers.settlement.lines import StatementLine, cause, parse

if TYPE_CHECKING:
    from stripe.params import BalanceTransactionListParamsCreated

PAGE = 100  # Stripe's largest
BATCH = 500


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the day begins and ends in that zone: 23 to 25 hours apart."""
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def fetch(client: stripe.StripeClient, begins: datetime, ends: datetime) -> Iterator[list[StatementLine]]:
    """Every line created from `begins` to before `ends`, newest first, by the batch. Raises Unavailable, Refused."""
    created: BalanceTransactionListParamsCreated = {"gte": int(begins.timestamp()), "lt": int(ends.timestamp())}
    with translated():
        pages = client.v1.balance_transactions.list({"created": created, "limit": PAGE})
        lines = iter(pages.auto_paging_iter())
    while batch := _some(lines):
        yield batch


def _some(lines: Iterator[stripe.BalanceTransaction]) -> list[StatementLine]:
    with translated():
        return [parse(line) for line in islice(lines, BATCH)]


def ask(client: stripe.StripeClient, wanted: str) -> StatementLine | None:
    """Stripe's line for the journal of this cause, whenever it was, if any. Raises Unavailable, Refused."""
    kind, _, object_id = wanted.partition(":")
    if kind not in ("paid", "refund_out", "refund_back", "dispute", "payout", "payout_back"):
        return None
    try:
        with translated():
            if kind == "dispute":
                return parse(client.v1.balance_transactions.retrieve(object_id))
            found = client.v1.balance_transactions.list({"source": object_id, "limit": PAGE})
    except NotThere:
        return None
    return next((line for line in map(parse, found.data) if cause(line) == wanted), None)


def save(connection: Connection, lines: Iterable[tuple[StatementLine, str | None]], found_at: datetime) -> None:
    """Keep lines, each with the cause of the journal that says the same. A line that is known is kept once."""
    rows = [{**_row(line), "found_at": found_at, "cause": said} for line, said in lines]
    if not rows:
        return
    adding = inserting(connection, statement_line)
    news = {column: adding.excluded[column] for column in rows[0] if column not in ("id", "found_at")}
    connection.execute(adding.on_conflict_do_update(index_elements=[statement_line.c.id], set_=news), rows)


def _row(line: StatementLine) -> dict[str, object]:
    return {
        "id": line.id,
        "type": line.type,
        "source": line.source,
        "minor": line.money.minor,
        "fee": line.fee.minor,
        "currency": line.money.currency,
        "created_at": line.created_at,
        "available_at": line.available_at,
    }


def unmatched(connection: Connection, since: datetime, until: datetime, also: Sequence[str]) -> list[StatementLine]:
    """The kept lines of that time that no journal said the same as, and these; oldest first."""
    created = statement_line.c.created_at
    open_then = (created >= since) & (created < until) & statement_line.c.cause.is_(None)
    return _kept(connection, open_then | statement_line.c.id.in_(also))


def _kept(connection: Connection, condition: ColumnElement[bool]) -> list[StatementLine]:
    rows = connection.execute(select(statement_line).where(condition).order_by(statement_line.c.created_at))
    return [
        StatementLine(
            id=row.id,
            type=row.type,
            source=row.source,
            money=Money(row.minor, row.currency),
            fee=Money(row.fee, row.currency),
            created_at=row.created_at,
            available_at=row.available_at,
        )
        for row in rows
    ]
