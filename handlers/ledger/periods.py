"""Billing periods: which bills an account's money pays, oldest first, and which are open again when it goes back.

What is open of a period is the sum of its lines in `receivable`. Lines that name no period are one period more: above
zero, what was owed before the first bill we know, and so the oldest; below zero, a credit beyond the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.journal import Line
from handlers.ledger.tables import bill, entry


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """What is open of a billing period, in minor units: below zero, more was paid than was owed.

    `bill_id` None: before the first bill we know, or credit.
    """

    bill_id: int | None
    minor: int


def open_periods(connection: Connection, account_id: int) -> list[OpenPeriod]:
    """The periods of this account that are not even, oldest first."""
    open_now = func.sum(entry.c.minor)
    theirs = (
        select(entry.c.bill_id, open_now.label("minor"))
        .select_from(entry.outerjoin(bill, bill.c.id == entry.c.bill_id))
        .where(entry.c.account_id == account_id, entry.c.book == "receivable")
        .group_by(entry.c.bill_id, bill.c.issued_on, bill.c.period_start)
        .having(open_now != 0)
        .order_by(entry.c.bill_id.is_not(None), bill.c.issued_on, bill.c.period_start)
    )
    return [OpenPeriod(row.bill_id, int(row.minor)) for row in connection.execute(theirs)]


def spread(minor: int, periods: Sequence[OpenPeriod], chosen: int | None = None) -> list[tuple[int | None, int]]:
    """Divide what was paid over open periods: the chosen bill's first, then in their order; what is left is credit.

    Gives bill ids and sums above zero that add up to `minor`; no period gets more than is open of it, and what nobody
    owes goes to None. Raises ValueError for less than nothing.
    """
    if minor < 0:
        raise ValueError("less than nothing cannot be paid")
    left, parts = minor, dict[int | None, int]()
    for period in sorted(periods, key=lambda period: chosen is None or period.bill_id != chosen):
        part = min(left, max(period.minor, 0))
        if part:
            parts[period.bill_id] = part
            left -= part
    if left:
        parts[None] = parts.get(None, 0) + left
    return list(parts.items())


def credit_lines(
    connection: Connection, account_id: int, money: Money, payment_id: PaymentId | None, chosen: int | None = None
) -> list[Line]:
    """The lines of `receivable` that credit an account with a payment, period by period.

    The caller holds the account, so that two payments at once do not both pay the same period.
    """
    parts = spread(money.minor, open_periods(connection, account_id), chosen)
    return [
        Line("receivable", Money(-minor, money.currency), account_id, payment_id, bill_id) for bill_id, minor in parts
    ]
