"""What holds for any file: every good row is kept as written, and balances do not depend on how bills arrive."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from itertools import count
from operator import itemgetter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from bot.utility import Utility
from handlers.billing.book import SqlAccountBook
from handlers.billing.imports import Imported, import_accounts, import_bills
from handlers.ledger.journal import receivable
from handlers.ledger.periods import open_periods
from handlers.ledger.tables import account, journal
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests.cast import ACCOUNTS, BILLS, PRAIRIE
from tests.fakes import FakeClock

ACCOUNT_COLUMNS = ACCOUNTS.splitlines()[0].split(",")
BILL_COLUMNS = BILLS.splitlines()[0].split(",")
NUMBERS = ["0012345678", "0023456789"]
_new = count(1)

# Each example has a utility of its own, and so its own accounts: the database may be shared.
each_example = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def a_utility() -> Utility:
    return replace(PRAIRIE, name=f"utility {next(_new)}")


def sheet(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> StringIO:
    file = StringIO(newline="")
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    writer.writerows(rows)
    file.seek(0)
    return file


def words(most: int) -> st.SearchStrategy[str]:
    anything = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=most)
    return anything.map(lambda text: " ".join(text.split())).filter(bool)


account_rows = st.lists(
    st.fixed_dictionaries(
        {
            "account_number": st.from_regex(r"[0-9]{10}", fullmatch=True),
            "holder_name": words(200),
            "service_street": words(200),
            "service_city": words(100),
            "service_state": words(40),
            "service_zip": st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True),
            "mobile": st.sampled_from(["", "+12175550111", "+525555550111"]),
            "email": st.sampled_from(["", "ana@example.org"]),
            "language": st.sampled_from(["en", "es"]),
            "kind": words(40),
            "rate_plan": st.just("") | words(80),
            "status": st.sampled_from(["active", "closed", "locked"]),
        }
    ),
    max_size=8,
    unique_by=lambda row: row["account_number"],
)


@each_example
@given(account_rows)
def test_any_good_account_is_kept_as_written(engine: Engine, rows: list[dict[str, str]]) -> None:
    utility = a_utility()

    assert import_accounts(engine, utility, sheet(ACCOUNT_COLUMNS, rows), FakeClock()) == Imported(new=len(rows))
    assert import_accounts(engine, utility, sheet(ACCOUNT_COLUMNS, rows), FakeClock()) == Imported(unchanged=len(rows))

    with engine.begin() as connection:
        kept = connection.execute(select(account).where(account.c.utility == utility.name)).mappings().all()
    back = [
        {name: row["number" if name == "account_number" else name] or "" for name in ACCOUNT_COLUMNS} for row in kept
    ]
    assert sorted(back, key=itemgetter("account_number")) == sorted(rows, key=itemgetter("account_number"))


@st.composite
def bill_files(draw: st.DrawFn) -> tuple[list[list[dict[str, str]]], dict[str, tuple[int, int]]]:
    """Some accounts' bills, a month apart, cut into files in any order; and what the latest of each account says.

    That is: what is due, and what of it is past due.
    """
    rows, latest = [], {}
    for number in NUMBERS:
        for month, due in enumerate(draw(st.lists(st.integers(-5_000, 50_000), max_size=5))):
            start = date(2026, 1, 1) + timedelta(days=30 * month)
            past = draw(st.integers(0, max(due, 0)))
            rows.append(a_bill(number, start, due, past))
            latest[number] = due, past
    rows = draw(st.permutations(rows))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    return [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)], latest


def a_bill(number: str, start: date, due: int, past: int) -> dict[str, str]:
    days = {"period_start": 0, "period_end": 29, "issued_on": 31, "due_on": 52}
    dates = {name: str(start + timedelta(days=after)) for name, after in days.items()}
    money = {"currency": "USD", "amount_due": f"{due / 100:.2f}", "past_due": f"{past / 100:.2f}"}
    return {"account_number": number, **dates, **money, "usage_quantity": "", "usage_unit": ""}


Given = tuple[list[list[dict[str, str]]], dict[str, tuple[int, int]]]


def bring_in(engine: Engine, files: Sequence[Sequence[dict[str, str]]]) -> Utility:
    utility, clock = a_utility(), FakeClock()
    import_accounts(engine, utility, StringIO(ACCOUNTS), clock)
    for file in files:
        import_bills(engine, utility, sheet(BILL_COLUMNS, file), clock)
    return utility


@each_example
@given(bill_files())
def test_the_balance_is_that_of_the_latest_bill_in_whatever_order_bills_arrive(engine: Engine, given_: Given) -> None:
    files, latest = given_

    utility = bring_in(engine, files)

    assert balances(engine, utility) == {number: latest.get(number, (0, 0))[0] for number in NUMBERS}
    posted = postings(engine)
    for file in files:
        import_bills(engine, utility, sheet(BILL_COLUMNS, file), FakeClock())
    assert postings(engine) == posted


@each_example
@given(bill_files())
def test_as_much_is_past_due_as_the_latest_bill_says(engine: Engine, given_: Given) -> None:
    files, latest = given_
    utility = bring_in(engine, files)
    book = SqlAccountBook(engine, Tries(FakeClock(), Sealer([bytes(32)])), {utility.name: "USD"})

    past_due = {number: book.standing(id_).past_due.minor for number, id_ in ids(engine, utility).items()}

    assert past_due == {number: latest.get(number, (0, 0))[1] for number in NUMBERS}


@each_example
@given(bill_files())
def test_no_period_is_overpaid_and_there_is_no_credit_while_one_is_open(engine: Engine, given_: Given) -> None:
    utility = bring_in(engine, given_[0])

    accounts = ids(engine, utility)
    with engine.begin() as connection:
        for account_id in accounts.values():
            periods = open_periods(connection, account_id)
            assert all(period.minor > 0 or period.bill_id is None for period in periods)
            assert len(periods) == 1 or all(period.minor > 0 for period in periods)


def ids(engine: Engine, utility: Utility) -> dict[str, int]:
    ours = select(account.c.number, account.c.id).where(
        account.c.utility == utility.name, account.c.number.in_(NUMBERS)
    )
    with engine.begin() as connection:
        return {number: account_id for number, account_id in connection.execute(ours)}


def balances(engine: Engine, utility: Utility) -> dict[str, int]:
    accounts = ids(engine, utility)
    with engine.begin() as connection:
        return {number: receivable(connection, id_) for number, id_ in accounts.items()}


def postings(engine: Engine) -> Any:
    with engine.begin() as connection:
        return connection.scalar(select(func.count()).select_from(journal))
