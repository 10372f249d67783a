"""Money goes to the oldest billing period that is open, or to the one that the payer chose; what is left is credit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert

from bot.money import Money
from handlers.ledger.journal import Line, post
from handlers.ledger.periods import OpenPeriod, credit_lines, open_periods, spread
from handlers.ledger.tables import bill
from tests.ledger.test_journal import NOW, TODAY, an_account

periods_of_an_account = st.builds(
    lambda before, sums: (
        [OpenPeriod(None, before)] * bool(before)
        + [OpenPeriod(number, minor) for number, minor in enumerate(sums, start=1)]
    ),
    st.integers(-10_000, 10_000),
    st.lists(st.integers(-10_000, 10_000).filter(bool), max_size=6),
)
sums = st.integers(0, 50_000)
a_choice = st.none() | st.integers(1, 7)


@given(sums, periods_of_an_account, a_choice)
def test_every_cent_goes_somewhere(minor: int, periods: list[OpenPeriod], chosen: int | None) -> None:
    parts = spread(minor, periods, chosen)

    assert sum(part for _bill, part in parts) == minor
    assert all(part > 0 for _bill, part in parts)


@given(sums, periods_of_an_account, a_choice)
def test_a_period_is_named_once(minor: int, periods: list[OpenPeriod], chosen: int | None) -> None:
    named = [bill_id for bill_id, _part in spread(minor, periods, chosen)]

    assert len(named) == len(set(named))


@given(sums, periods_of_an_account, a_choice)
def test_no_bill_gets_more_than_is_open_of_it(minor: int, periods: list[OpenPeriod], chosen: int | None) -> None:
    open_now = {period.bill_id: period.minor for period in periods}

    assert all(part <= open_now[bill_id] for bill_id, part in spread(minor, periods, chosen) if bill_id is not None)


@given(sums, periods_of_an_account, a_choice)
def test_credit_is_only_what_nobody_owed(minor: int, periods: list[OpenPeriod], chosen: int | None) -> None:
    owed = sum(max(period.minor, 0) for period in periods)
    before = sum(max(period.minor, 0) for period in periods if period.bill_id is None)

    credit = dict(spread(minor, periods, chosen)).get(None, 0) - before

    assert max(credit, 0) == max(minor - owed, 0)


@given(sums, periods_of_an_account)
def test_a_younger_period_gets_nothing_before_all_older_are_paid(minor: int, periods: list[OpenPeriod]) -> None:
    parts = dict(spread(minor, periods))
    left = [max(period.minor, 0) - parts.get(period.bill_id, 0) for period in periods]
    first_open = next((place for place, rest in enumerate(left) if rest > 0), len(periods))

    assert all(period.bill_id not in parts for period in periods[first_open + 1 :])


@given(sums, periods_of_an_account, st.integers(1, 7))
def test_the_chosen_period_is_paid_first(minor: int, periods: list[OpenPeriod], chosen: int) -> None:
    wanted = sum(max(period.minor, 0) for period in periods if period.bill_id == chosen)

    assert dict(spread(minor, periods, chosen)).get(chosen, 0) == min(minor, wanted)


def test_what_was_owed_before_the_first_bill_is_the_oldest() -> None:
    periods = [OpenPeriod(None, 6000), OpenPeriod(1, 8275)]

    assert spread(7000, periods) == [(None, 6000), (1, 1000)]


def test_a_credit_is_no_period_to_pay() -> None:
    assert spread(700, [OpenPeriod(None, -500), OpenPeriod(1, 400)]) == [(1, 400), (None, 300)]


def test_nothing_can_be_spread_and_less_than_nothing_cannot() -> None:
    assert spread(0, [OpenPeriod(1, 5)]) == []
    with pytest.raises(ValueError, match="less than nothing"):
        spread(-1, [])


def bills(connection: Connection, account_id: int, *months: int) -> list[int]:
    """Ids of bills of these months of 2026, which need not come in their order."""
    rest = {"currency": "USD", "amount_due": 0, "past_due": 0}
    return [
        connection.execute(
            insert(bill)
            .values(account_id=account_id, **{name: TODAY.replace(month=month) for name in DATES}, **rest)
            .returning(bill.c.id)
        ).scalar_one()
        for month in months
    ]


DATES = ("period_start", "period_end", "issued_on", "due_on")


def owe(connection: Connection, account_id: int, bill_id: int | None, minor: int, cause: str) -> None:
    money = Money(minor)
    lines = [Line("receivable", money, account_id, bill_id=bill_id), Line("billed", -money, account_id)]
    assert post(connection, cause, lines, NOW, TODAY)


def test_an_account_s_open_periods_come_oldest_first_and_even_ones_do_not(engine: Engine) -> None:
    ana = an_account(engine)
    with engine.begin() as connection:
        october, august, september = bills(connection, ana, 10, 8, 9)
        for bill_id, minor, cause in ((october, 1, "o"), (september, 2, "s"), (august, 3, "a"), (None, 4, "n")):
            owe(connection, ana, bill_id, minor, cause)
        owe(connection, ana, september, -2, "s again")

        assert open_periods(connection, ana) == [
            OpenPeriod(None, 4),
            OpenPeriod(august, 3),
            OpenPeriod(october, 1),
        ]


def test_a_payment_credits_period_by_period_and_keeps_its_currency(engine: Engine) -> None:
    ana = an_account(engine)
    with engine.begin() as connection:
        august, september = bills(connection, ana, 8, 9)
        owe(connection, ana, august, 300, "a")
        owe(connection, ana, september, 200, "s")

        oldest_first = credit_lines(connection, ana, Money(400), None)
        chosen_first = credit_lines(connection, ana, Money(600), None, chosen=september)

    assert oldest_first == [
        Line("receivable", Money(-300), ana, None, august),
        Line("receivable", Money(-100), ana, None, september),
    ]
    assert chosen_first == [
        Line("receivable", Money(-200), ana, None, september),
        Line("receivable", Money(-300), ana, None, august),
        Line("receivable", Money(-100), ana, None, None),
    ]
