"""The bill in hand as a proof: amount and due date as printed (RULES P4)."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.answers import PrintedBill
from bot.money import Money
from bot.ports import Locked
from handlers.ledger import tables
from tests.cast import ANA, BEN, NOA
from tests.fakes import FakeClock
from tests.people.desk import ELI, Desk

PRINTED = PrintedBill(Money(8420), 12, 5)  # Ana's newest


@pytest.fixture
def years_of_bills(desk: Desk, clock: FakeClock) -> None:
    """Older ones of Ana's: $51.00 due on November 5, $52.00 due on October 5."""
    ana = desk.account(ANA).id
    for months, amount, due_month in ((1, 5100, 11), (2, 5200, 10)):
        start = clock.now().date().replace(month=10 - months, day=14)
        with desk.engine.begin() as connection:
            connection.execute(
                insert(tables.bill).values(
                    account_id=ana,
                    period_start=start,
                    period_end=start + timedelta(days=29),
                    issued_on=start + timedelta(days=31),
                    due_on=clock.now().date().replace(month=due_month, day=5),
                    currency="USD",
                    amount_due=amount,
                    past_due=0,
                )
            )


@pytest.mark.parametrize("year", [None, 2026])
def test_amount_and_due_date_of_the_newest_bill_are_right(desk: Desk, year: int | None) -> None:
    assert desk.keys.check_bill(desk.account(ANA), ELI, PrintedBill(Money(8420), 12, 5, year)) == "right"


@pytest.mark.parametrize(
    "printed",
    [
        PrintedBill(Money(8421), 12, 5),
        PrintedBill(Money(8420, "CAD"), 12, 5),
        PrintedBill(Money(8420), 12, 6),
        PrintedBill(Money(8420), 5, 12),
        PrintedBill(Money(8420), 12, 5, 2025),
    ],
)
def test_anything_else_is_wrong(desk: Desk, printed: PrintedBill) -> None:
    assert desk.keys.check_bill(desk.account(ANA), ELI, printed) == "wrong"


@pytest.mark.usefixtures("years_of_bills")
def test_the_bill_before_is_right_too(desk: Desk) -> None:
    assert desk.keys.check_bill(desk.account(ANA), ELI, PrintedBill(Money(5100), 11, 5)) == "right"


@pytest.mark.usefixtures("years_of_bills")
def test_an_older_bill_is_wrong(desk: Desk) -> None:
    assert desk.keys.check_bill(desk.account(ANA), ELI, PrintedBill(Money(5200), 10, 5)) == "wrong"


@pytest.mark.usefixtures("years_of_bills")
def test_the_amount_of_one_bill_with_the_date_of_another_is_wrong(desk: Desk) -> None:
    assert desk.keys.check_bill(desk.account(ANA), ELI, PrintedBill(Money(8420), 11, 5)) == "wrong"


def test_somebody_elses_bill_is_wrong(desk: Desk) -> None:
    assert desk.keys.check_bill(desk.account(BEN), ELI, PRINTED) == "wrong"


def test_a_bill_is_right_as_often_as_it_is_shown(desk: Desk) -> None:
    assert [desk.keys.check_bill(desk.account(ANA), ELI, PRINTED) for _ in range(2)] == ["right", "right"]


def test_wrong_bills_and_wrong_keys_add_up(desk: Desk, clock: FakeClock) -> None:
    wrong = PrintedBill(Money(1), 1, 1)
    desk.guess_wrong(ANA, 3)
    assert desk.keys.check_bill(desk.account(ANA), ELI, wrong) == "wrong"

    assert desk.keys.check_bill(desk.account(ANA), ELI, wrong) == Locked(clock.now() + timedelta(hours=1))
    assert isinstance(desk.keys.check_bill(desk.account(ANA), ELI, PRINTED), Locked)


def test_a_bill_proves_where_no_key_can_be_sent(desk: Desk) -> None:
    assert desk.send(NOA) is None

    assert desk.keys.check_bill(desk.account(NOA), ELI, PrintedBill(Money(5500), 12, 5)) == "right"
