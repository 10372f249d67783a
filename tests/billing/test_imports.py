"""A file is imported whole or not at all, and importing it again changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from bot.errors import Unavailable
from handlers.billing.imports import BadFile, Imported, import_accounts, import_bills
from handlers.ledger.database import connect
from handlers.ledger.journal import receivable
from handlers.ledger.tables import account, bill, entry, journal
from tests.cast import ACCOUNTS, BILLS, PRAIRIE, cast
from tests.fakes import FakeClock

ANAS_ROW = ACCOUNTS.splitlines()[1]
ANAS_BILL = BILLS.splitlines()[1]


def accounts(engine: Engine, text: str = ACCOUNTS) -> Imported:
    return import_accounts(engine, PRAIRIE, StringIO(text, newline=""), FakeClock())


def bills(engine: Engine, text: str = BILLS) -> Imported:
    return import_bills(engine, PRAIRIE, StringIO(text, newline=""), FakeClock())


def count(engine: Engine, *tables: Any) -> int:
    with engine.begin() as connection:
        return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def owes(engine: Engine, number: str = "0012345678") -> int:
    with engine.begin() as connection:
        return receivable(connection, connection.scalar(select(account.c.id).where(account.c.number == number)) or 0)


def test_importing_twice_changes_nothing(engine: Engine) -> None:
    assert accounts(engine) == Imported(new=10)
    assert bills(engine) == Imported(new=10)
    posted = count(engine, journal, entry)

    assert accounts(engine) == Imported(unchanged=10)
    assert bills(engine) == Imported(unchanged=10)
    assert count(engine, journal, entry) == posted


def test_a_changed_account_is_changed_in_place(engine: Engine) -> None:
    accounts(engine)

    assert accounts(engine, ACCOUNTS.replace("1423 Maple St", "1425 Maple St")) == Imported(changed=1, unchanged=9)

    with engine.begin() as connection:
        ana = connection.execute(select(account).where(account.c.number == "0012345678")).one()
    assert ana.service_street == "1425 Maple St"


def test_an_account_that_is_not_in_the_file_stays(engine: Engine) -> None:
    accounts(engine)

    accounts(engine, "\n".join(ACCOUNTS.splitlines()[:2]))

    assert count(engine, account) == 10


def test_an_account_number_belongs_to_one_utility(engine: Engine) -> None:
    accounts(engine)

    import_accounts(engine, replace(PRAIRIE, name="meadow"), StringIO(ACCOUNTS), FakeClock())

    assert count(engine, account) == 20


def test_a_changed_bill_moves_the_balance_by_the_difference(engine: Engine) -> None:
    cast(engine, FakeClock())

    assert bills(engine, BILLS.replace("84.20", "80.00")) == Imported(changed=1, unchanged=9)

    assert owes(engine) == 8000


def test_a_bill_may_change_to_and_fro(engine: Engine) -> None:
    cast(engine, FakeClock())

    for amount in (8000, 8420, 8000):
        bills(engine, BILLS.replace("84.20", f"{amount / 100:.2f}"))

        assert owes(engine) == amount


def test_an_older_bill_does_not_move_the_balance(engine: Engine) -> None:
    cast(engine, FakeClock())

    bills(engine, BILLS.replace("2026-10-14,2026-11-12,2026-11-14", "2026-09-14,2026-10-13,2026-10-15"))

    assert owes(engine) == 8420


def test_only_what_is_new_on_a_bill_is_billed(engine: Engine) -> None:
    cast(engine, FakeClock())

    with engine.begin() as connection:
        dev = select(entry.c.book, entry.c.minor).join(account).where(account.c.number == "0045678901")
        assert sorted(tuple(row) for row in connection.execute(dev)) == [
            ("billed", -8275),
            ("elsewhere", -6000),
            ("receivable", 6000),
            ("receivable", 8275),
        ]


def test_the_journal_always_balances(engine: Engine) -> None:
    cast(engine, FakeClock())

    sums = select(func.sum(entry.c.minor)).group_by(entry.c.journal_id)
    with engine.begin() as connection:
        assert set(connection.scalars(sums)) == {0}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (ANAS_ROW, f"{ANAS_ROW}\n{ANAS_ROW}", "line 3, column account_number: the same account as in line 2"),
        ("+12175550111", "+1217555", "line 2, column mobile: not a phone number that can exist"),
        ("62704,+12175550118,pia@", "62704,+12175550118,pia", "line 10, column email: not an email address"),
        ("es,electric", "fr,electric", "line 7, column language: it must be one of: en, es"),
        ("Home,locked", "Home,blocked", "line 9, column status: it must be one of: active, closed, locked"),
        ("0012345678", "12345678", "line 2, column account_number: it has 8 digits and needs 10;"),
        ("Ana Alvarez", "", "line 2, column holder_name: it is empty"),
    ],
)
def test_a_bad_account_row_stops_the_whole_file(engine: Engine, old: str, new: str, fault: str) -> None:
    with pytest.raises(BadFile) as caught:
        accounts(engine, ACCOUNTS.replace(old, new, 1))

    assert str(caught.value).startswith(f"nothing was imported\n{fault}")
    assert len(caught.value.rows) == 1
    assert count(engine, account) == 0


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (ANAS_BILL, f"{ANAS_BILL}\n{ANAS_BILL}", "line 3, column period_start: the same bill as in line 2"),
        ("0012345678", "0099999999", "line 2, column account_number: no such account; import the accounts first"),
        ("2026-11-12", "2026-10-13", "line 2, column period_end: it is before period_start"),
        ("2026-12-05", "2026-11-13", "line 2, column due_on: it is before issued_on"),
        ("84.20,0.00", "84.20,84.21", "line 2, column past_due: it must be between 0.00 and amount_due"),
        ("84.20,0.00", "84.20,-0.01", "line 2, column past_due: it must be between 0.00 and amount_due"),
        ("-12.00,0.00", "-12.00,1.00", "line 8, column past_due: it must be between 0.00 and amount_due"),
        ("USD", "EUR", "line 2, column currency: it must be one of: USD"),
        ("84.20", "84,20", "line 2: it has 11 cells and the header has 10"),
        ("84.20", '"84,20"', "line 2, column amount_due: an amount is written like 84.20"),
        ("512,kWh", "512,", "line 2, column usage_unit: usage_quantity and usage_unit go together"),
        ("2026-10-14", "10/14/2026", "line 2, column period_start: a date is written like 2026-11-14"),
    ],
)
def test_a_bad_bill_row_stops_the_whole_file(engine: Engine, old: str, new: str, fault: str) -> None:
    accounts(engine)

    with pytest.raises(BadFile) as caught:
        bills(engine, BILLS.replace(old, new, 1))

    assert str(caught.value).startswith(f"nothing was imported\n{fault}")
    assert len(caught.value.rows) == 1
    assert count(engine, bill, journal, entry) == 0


def test_no_value_of_a_bad_row_is_ever_told(engine: Engine) -> None:
    bad = ANAS_ROW.replace("0012345678", "001234567X").replace("0111", "011").replace("@", " at ")

    with pytest.raises(BadFile) as caught:
        accounts(engine, ACCOUNTS.replace(ANAS_ROW, bad))

    assert [(row.line, row.column) for row in caught.value.rows] == [
        (2, "account_number"),
        (2, "mobile"),
        (2, "email"),
    ]
    for secret in ("00123", "2175550", "ana", "Alvarez", "Maple"):
        assert secret not in str(caught.value)


def test_a_fault_far_down_leaves_nothing_of_the_batches_before(engine: Engine) -> None:
    head, many = ACCOUNTS.splitlines()[0], [ANAS_ROW.replace("0012345678", f"{n:010d}") for n in range(2_500)]

    with pytest.raises(BadFile, match=r"line 2502, column account_number: the same account as in line 2$"):
        accounts(engine, "\n".join([head, *many, many[0]]))

    assert count(engine, account) == 0


def test_after_a_bad_file_the_mended_one_is_imported(engine: Engine) -> None:
    with pytest.raises(BadFile):
        accounts(engine, ACCOUNTS.replace("active", "alive"))

    assert accounts(engine) == Imported(new=10)


def test_a_file_longer_than_a_batch_is_imported(engine: Engine) -> None:
    head, many = ACCOUNTS.splitlines()[0], [ANAS_ROW.replace("0012345678", f"{n:010d}") for n in range(1_001)]
    bill_head, numbers = BILLS.splitlines()[0], range(1_001)

    accounts(engine, "\n".join([head, *many]))
    bills(engine, "\n".join([bill_head, *(ANAS_BILL.replace("0012345678", f"{n:010d}") for n in numbers)]))

    assert count(engine, bill) == 1_001
    assert owes(engine, "0000001000") == 8420


def test_two_imports_at_once_are_one_after_the_other(engine: Engine) -> None:
    accounts(engine)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: bills(engine), range(2)))

    assert sorted(each.new for each in done) == [0, 10]
    assert owes(engine) == 8420


def test_sql_away_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        accounts(connect(f"sqlite:///{tmp_path / 'no such folder' / 'x.db'}"))
