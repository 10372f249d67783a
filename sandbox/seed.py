"""Writes the demo utility's accounts.csv and bills.csv: `python -m sandbox.seed FOLDER`.

Thirteen months of bills for each account, the last one issued 8 days before `today` and due 13 days after it. The same
`today` always gives the same files. A bill's `amount_due` is the total printed on it and includes `past_due`, what the
bill before left unpaid; a credit on the bill before is used up by the next one.
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.cast import HOLDERS, Holder

MONTHS = 13
CLOSED_MONTHS_AGO = 3
ENDS_AGO, ISSUED_AGO, DUE_IN = timedelta(days=10), timedelta(days=8), timedelta(days=13)
CITY, STATE = "Springfield", "IL"


@dataclass(frozen=True, slots=True)
class Plan:
    """A rate plan: dollars a month, dollars a unit, and what a household uses from January to December."""

    name: str
    unit: str
    monthly: Decimal
    each: Decimal
    uses: tuple[int, ...]


PLANS = {
    "electric": Plan(
        "Residential Electric R-1",
        "kWh",
        Decimal("12.50"),
        Decimal("0.1434"),
        (610, 560, 500, 430, 470, 690, 880, 840, 620, 450, 500, 590),
    ),
    "gas": Plan(
        "Residential Gas G-1",
        "therms",
        Decimal("18.00"),
        Decimal("0.8500"),
        (118, 104, 82, 51, 28, 16, 13, 13, 17, 38, 71, 102),
    ),
}
PLACE = ("service_street", "service_city", "service_state", "service_zip")
ACCOUNTS = ("account_number", "holder_name", *PLACE, "mobile", "email", "language", "kind", "rate_plan", "status")
DATES = ("period_start", "period_end", "issued_on", "due_on")
BILLS = ("account_number", *DATES, "currency", "amount_due", "past_due", "usage_quantity", "usage_unit")


def account_rows() -> Iterator[tuple[str, ...]]:
    """The lines of accounts.csv."""
    for one in HOLDERS:
        place = (one.street, CITY, STATE, one.zip)
        plan = PLANS[one.kind].name
        yield (one.number, one.name, *place, one.mobile, one.email, one.language, one.kind, plan, one.status)


def bill_rows(holder: Holder, today: date) -> Iterator[tuple[str, ...]]:
    """The lines of bills.csv for one account, oldest first."""
    plan = PLANS[holder.kind]
    skipped = CLOSED_MONTHS_AGO if holder.status == "closed" else 0
    ends = [_months_before(today - ENDS_AGO, ago) for ago in range(MONTHS + skipped, skipped - 1, -1)]
    for start, end in pairwise(ends):
        due, past_due, quantity = _bill(holder, plan, end, ends[-1] == end, ends[-2] == end)
        issued = end + (ENDS_AGO - ISSUED_AGO)
        dates = (start + timedelta(days=1), end, issued, issued + ISSUED_AGO + DUE_IN)
        sums = (f"{due:.2f}", f"{past_due:.2f}", str(quantity), plan.unit)
        yield (holder.number, *(day.isoformat() for day in dates), "USD", *sums)


def _bill(holder: Holder, plan: Plan, end: date, last: bool, before_last: bool) -> tuple[Decimal, Decimal, int]:
    """Amount due, past due and usage of the bill whose period ends on `end`."""
    past_due, credit = Decimal(holder.past_due), Decimal(holder.carried)
    if last:
        due = Decimal(holder.owed)
        return due, past_due, max(0, round((due - past_due - credit - plan.monthly) / plan.each))
    if before_last and past_due:
        return past_due, Decimal(0), round((past_due - plan.monthly) / plan.each)
    quantity = plan.uses[end.month - 1] + int(holder.number) % 37
    return (credit if before_last and credit else _billed(plan, quantity)), Decimal(0), quantity


def _billed(plan: Plan, quantity: int) -> Decimal:
    return (plan.monthly + plan.each * quantity).quantize(Decimal("0.01"))


def _months_before(day: date, months: int) -> date:
    """That day so many months earlier. Days after the 28th become the 28th: every month has one."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, min(day.day, 28))


def write(folder: Path, today: date) -> tuple[Path, Path]:
    """Write both files into `folder`; their paths."""
    accounts, bills = folder / "accounts.csv", folder / "bills.csv"
    with accounts.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([ACCOUNTS, *account_rows()])
    with bills.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([BILLS, *(row for one in HOLDERS for row in bill_rows(one, today))])
    return accounts, bills


def today() -> date:
    """The date in Springfield."""
    return datetime.now(ZoneInfo("America/Chicago")).date()


def main() -> None:
    """Write the files for the date given, else for today."""
    parser = argparse.ArgumentParser("python -m sandbox.seed", description=write.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, default=today())
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for path in write(given.folder, given.today):
        print(path)


if __name__ == "__main__":
    main()
