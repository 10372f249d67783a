"""The database itself, spoken to in plain SQL, refuses what the books do not allow."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from handlers.ledger.tables import charge, entry, journal, payment, ticket
from tests.ledger.test_journal import NOW, TODAY, an_account
from tests.sql import sqlite_engine


@contextmanager
def refused(engine: Engine, words: str) -> Iterator[Connection]:
    with pytest.raises(DBAPIError, match=words), engine.begin() as connection:
        yield connection


UNBALANCED = "debits and credits are not the same|FOREIGN KEY"


def a_journal(connection: Connection, cause: str, *lines: tuple[int, str]) -> int:
    made = insert(journal).values(cause=cause, at=NOW, effective_on=TODAY).returning(journal.c.id)
    journal_id = connection.execute(made).scalar_one()
    add(connection, journal_id, *lines)
    return journal_id


def add(connection: Connection, journal_id: int, *lines: tuple[int, str]) -> None:
    for minor, currency in lines:
        row = {"journal_id": journal_id, "book": "stripe", "minor": minor, "currency": currency}
        connection.execute(insert(entry).values(row))


def causes(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return list(connection.scalars(select(journal.c.cause)))


@pytest.mark.parametrize(
    "lines",
    [
        [(1, "USD")],
        [(8420, "USD"), (-8419, "USD")],
        [(100, "USD"), (-100, "CAD")],
        [(100, "USD"), (-100, "USD"), (5, "CAD")],
    ],
)
def test_a_journal_that_does_not_balance_is_not_committed(engine: Engine, lines: list[tuple[int, str]]) -> None:
    with refused(engine, UNBALANCED) as connection:
        a_journal(connection, "wrong", *lines)

    assert causes(engine) == []


def test_refusing_it_is_an_integrity_error(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        a_journal(connection, "wrong", (1, "USD"))


def test_a_journal_need_not_balance_before_the_commit(engine: Engine) -> None:
    with engine.begin() as connection:
        first = a_journal(connection, "first", (100, "USD"))
        second = a_journal(connection, "second", (7, "CAD"), (50, "USD"))
        add(connection, first, (-60, "USD"), (-40, "USD"))
        add(connection, second, (-50, "USD"), (-7, "CAD"))

    assert causes(engine) == ["first", "second"]


def test_one_bad_journal_among_good_ones_spoils_the_transaction(engine: Engine) -> None:
    with refused(engine, UNBALANCED) as connection:
        a_journal(connection, "good", (1, "USD"), (-1, "USD"))
        a_journal(connection, "wrong", (1, "USD"))
        a_journal(connection, "good too", (2, "USD"), (-2, "USD"))

    assert causes(engine) == []


def test_nothing_is_added_to_what_was_posted_unless_it_balances_too(engine: Engine) -> None:
    with engine.begin() as connection:
        posted = a_journal(connection, "paid", (1, "USD"), (-1, "USD"))

    with refused(engine, UNBALANCED) as connection:
        add(connection, posted, (1, "USD"))


def test_after_a_refusal_the_next_transaction_works(engine: Engine) -> None:
    with refused(engine, UNBALANCED) as connection:
        a_journal(connection, "wrong", (1, "USD"))

    with engine.begin() as connection:
        a_journal(connection, "right", (1, "USD"), (-1, "USD"))

    assert causes(engine) == ["right"]


def test_a_line_cannot_be_replaced_on_sqlite_either(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path)
    with engine.begin() as connection:
        a_journal(connection, "paid", (1, "USD"), (-1, "USD"))

    with refused(engine, "append-only") as connection:
        whole = "id, journal_id, book, minor, currency"
        connection.execute(text(f"insert or replace into entry ({whole}) select {whole} from entry"))
    engine.dispose()


def a_payment(engine: Engine) -> None:
    ana = an_account(engine)
    words = dict.fromkeys(("utility", "payer", "language", "method", "confirmed_by", "token", "receipt_token"), "x")
    row = {"account_id": ana, "amount": 1, "fee": 0, "balance": 1, "currency": "USD", "requested_at": NOW}
    with engine.begin() as connection:
        connection.execute(insert(payment).values(id="pay_1", **words, **row, expires_at=NOW, paid_at=NOW))
        connection.execute(insert(charge).values(id="ch_1", minor=1, currency="USD", kind="applied", taken_at=NOW))
        connection.execute(insert(ticket).values(cause="c", kind="dispute", object_id="dp_1", opened_at=NOW))


@pytest.mark.parametrize("table", ["payment", "charge", "ticket"])
def test_payments_charges_and_tickets_are_never_deleted(engine: Engine, table: str) -> None:
    a_payment(engine)

    with refused(engine, "kept for good") as connection:
        connection.execute(text(f"delete from {table}"))


@pytest.mark.parametrize("change", ["paid_at = null", "paid_at = '2027-01-01 00:00:00+00:00'"])
def test_a_fact_is_set_once(engine: Engine, change: str) -> None:
    a_payment(engine)

    with refused(engine, "set once") as connection:
        connection.execute(text(f"update payment set {change}"))


def test_other_facts_may_follow_and_the_same_one_be_said_again(engine: Engine) -> None:
    a_payment(engine)

    with engine.begin() as connection:
        connection.execute(text("update payment set paid_at = paid_at, posted_at = paid_at, version = 2"))
        assert connection.scalar(select(payment.c.posted_at)) == NOW
