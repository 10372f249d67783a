"""Charges are kept once, and what goes back is taken from where it lies: never more than is there, in a fixed order."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.journal import Book, Line, Posting, post
from handlers.ledger.tables import account, bill
from handlers.payments.charges import Charge, by_id, held, keep, sent_back, take_back_lines
from tests.payments.world import World
from tests.sql import cluster, sqlite_engine

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
TODAY = date(2026, 11, 22)
NUMBERS = count(1)
GIVEN_BACK: tuple[Book, ...] = ("unapplied", "receivable", "fees")


def a_charge(number: int, total: int, account_id: int | None = None, payment_id: PaymentId | None = None) -> Charge:
    return Charge(f"ch_{number}", f"cs_{number}", f"pi_{number}", payment_id, account_id, Money(total), "applied", NOW)


def an_account(connection: Connection) -> tuple[int, list[int]]:
    """An account and its bills, oldest first."""
    words = ("number", "holder_name", "service_street", "service_city", "service_state", "service_zip")
    number = f"x{next(NUMBERS)}"
    values = dict.fromkeys((*words, "kind", "rate_plan"), number)
    values |= {"utility": "prairie", "language": "en", "status": "active"}
    account_id = connection.execute(insert(account).values(values).returning(account.c.id)).scalar_one()
    bills = []
    for month in (8, 9, 10):
        period = {"period_start": date(2026, month, 1), "period_end": date(2026, month, 28)}
        dates = {"issued_on": date(2026, month, 28), "due_on": date(2026, month + 1, 15)}
        sums = {"currency": "USD", "amount_due": 1, "past_due": 0}
        made = insert(bill).values(account_id=account_id, **period, **dates, **sums).returning(bill.c.id)
        bills.append(connection.execute(made).scalar_one())
    return account_id, bills


def paid(connection: Connection, taken: Charge, lines: list[Line]) -> None:
    keep(connection, taken)
    credits = [line for line in lines if line.money]
    total = sum((-line.money for line in credits), Money(0))
    post(connection, f"paid:{taken.id}", [Line("stripe", total), *credits], NOW, TODAY, taken.id)


def spread_out(sums: list[int], account_id: int, bills: list[int]) -> list[Line]:
    """Six sums: what belongs to no bill, a credit beyond the bills, the three bills, the fee."""
    unapplied, beyond, *periods, fee = (Money(-minor) for minor in sums)
    owed = [Line("receivable", money, account_id, None, one) for one, money in zip(bills, periods, strict=True)]
    first = [Line("unapplied", unapplied, account_id), Line("receivable", beyond, account_id)]
    return [*first, *owed, Line("fees", fee, account_id)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def books(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One database for all the examples of a property: each has an account and a charge of its own."""
    if request.param == "sqlite":
        with TemporaryDirectory() as folder:
            made = sqlite_engine(Path(folder))
            yield made
            made.dispose()
    else:
        with cluster(request.config).database() as made:
            yield made


SUMS = st.lists(st.integers(0, 10_000), min_size=6, max_size=6).filter(any)
TAKEN = st.lists(st.integers(1, 20_000), min_size=1, max_size=5)


@settings(deadline=None, max_examples=40)
@given(sums=SUMS, taken=TAKEN)
def test_whatever_is_taken_back_in_parts_never_more_goes_than_was_held(
    books: Engine, sums: list[int], taken: list[int]
) -> None:
    number = next(NUMBERS)
    with books.begin() as connection:
        account_id, bills = an_account(connection)
        charge = a_charge(number, sum(sums), account_id)
        paid(connection, charge, spread_out(sums, account_id, bills))
        for turn, minor in enumerate(taken):
            there = -sum(held(connection, charge.id).get(book, 0) for book in GIVEN_BACK)
            lines = take_back_lines(connection, charge, minor, "returning")
            debits = [line.money.minor for line in lines if line.book != "returning"]
            assert sum(debits) == min(minor, there)
            assert all(debit > 0 for debit in debits)
            if lines:
                Posting("balanced", lines, TODAY)
                post(connection, f"refund:{charge.id}-{turn}", lines, NOW, TODAY, charge.id)
        left = held(connection, charge.id)
        assert all(left.get(book, 0) <= 0 for book in GIVEN_BACK)


@settings(deadline=None, max_examples=25)
@given(sums=SUMS, taken=TAKEN)
def test_taking_back_in_parts_ends_where_taking_it_at_once_does(
    books: Engine, sums: list[int], taken: list[int]
) -> None:
    ends = []
    with books.begin() as connection:
        account_id, bills = an_account(connection)
        for parts in (taken, [sum(taken)]):
            charge = a_charge(next(NUMBERS), sum(sums), account_id)
            paid(connection, charge, spread_out(sums, account_id, bills))
            for turn, minor in enumerate(parts):
                if lines := take_back_lines(connection, charge, minor, "disputed"):
                    post(connection, f"charged_back:{charge.id}-{turn}", lines, NOW, TODAY, charge.id)
            rest = take_back_lines(connection, charge, 10**9, "disputed")
            ends.append([(line.book, line.bill_id, line.money.minor) for line in rest])
    assert ends[0] == ends[1]


def test_what_belongs_to_no_bill_goes_first_then_the_newest_period_and_the_fee_last(engine: Engine) -> None:
    with engine.begin() as connection:
        account_id, bills = an_account(connection)
        charge = a_charge(1, 650, account_id)
        owed = [Line("receivable", Money(-100), account_id, None, one) for one in bills]
        beyond = Line("receivable", Money(-100), account_id)
        others = [Line("fees", Money(-50), account_id), Line("unapplied", Money(-100), account_id)]
        paid(connection, charge, [*owed, beyond, *others])

        lines = take_back_lines(connection, charge, 520, "returning")

    assert [(line.book, line.bill_id, line.money.minor) for line in lines] == [
        ("unapplied", None, 100),
        ("receivable", None, 100),
        ("receivable", bills[2], 100),
        ("receivable", bills[1], 100),
        ("receivable", bills[0], 100),
        ("fees", None, 20),
        ("returning", None, -520),
    ]


def test_another_charges_money_is_not_touched(engine: Engine) -> None:
    with engine.begin() as connection:
        account_id, bills = an_account(connection)
        poor, rich = a_charge(1, 100, account_id), a_charge(2, 900, account_id)
        for charge, minor in ((poor, -100), (rich, -900)):
            paid(connection, charge, [Line("receivable", Money(minor), account_id, None, bills[0])])

        lines = take_back_lines(connection, poor, 500, "returning")

    assert [line.money.minor for line in lines] == [100, -100]


def test_nothing_is_taken_from_a_charge_that_holds_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        charge = a_charge(1, 100)
        keep(connection, charge)
        assert take_back_lines(connection, charge, 100, "returning") == []
        assert held(connection, charge.id) == {}


def test_a_charge_is_kept_once_and_found_by_its_id(engine: Engine) -> None:
    with engine.begin() as connection:
        charge = a_charge(1, 100)
        assert keep(connection, charge)
        assert not keep(connection, a_charge(1, 100))
        assert by_id(connection, "ch_1") == charge
        assert by_id(connection, "ch_2") is None


def test_held_tells_where_a_charges_money_is(engine: Engine) -> None:
    with engine.begin() as connection:
        account_id, _ = an_account(connection)
        fee = Line("fees", Money(-175), account_id)
        paid(connection, a_charge(1, 1175, account_id), [Line("receivable", Money(-1000), account_id), fee])
        assert held(connection, "ch_1") == {"stripe": 1175, "receivable": -1000, "fees": -175}


def test_what_was_sent_back_counts_refunds_that_arrived_and_stayed_away(world: World) -> None:
    record = world.link()
    with world.engine.begin() as connection:
        charge = a_charge(1, 8595, record.account_id, record.id)
        paid(connection, charge, [Line("receivable", Money(-8595), record.account_id, record.id)])
        assert sent_back(connection, record.id) == Money(0)
        for number, minor in enumerate((1000, 2000)):
            out = [Line("stripe", Money(-minor)), Line("returning", Money(minor))]
            post(connection, f"refund_out:re_{number}", out, NOW, TODAY, charge.id)
            lines = take_back_lines(connection, charge, minor, "returning")
            post(connection, f"refund:re_{number}", lines, NOW, TODAY, charge.id)
        assert sent_back(connection, record.id) == Money(3000)
        back = [Line("stripe", Money(2000)), Line("unapplied", Money(-2000))]
        post(connection, "refund_back:re_1", back, NOW, TODAY, charge.id)
        assert sent_back(connection, record.id) == Money(1000)
