"""The journal takes only what balances, once, and keeps it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.money import Money
from handlers.ledger.journal import Line, post, receivable
from handlers.ledger.tables import account, entry, journal
from tests.sql import cluster

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def an_account(engine: Engine) -> int:
    words = ("utility", "number", "holder_name", "service_street", "service_city", "service_state", "service_zip")
    with engine.begin() as connection:
        return connection.execute(
            insert(account)
            .values(**dict.fromkeys((*words, "kind", "rate_plan"), "x"), language="en", status="active")
            .returning(account.c.id)
        ).scalar_one()


def owed(account_id: int, minor: int) -> list[Line]:
    return [Line("receivable", Money(minor), account_id), Line("billed", Money(-minor), account_id)]


def test_a_posting_moves_the_balance(engine: Engine) -> None:
    ana = an_account(engine)

    with engine.begin() as connection:
        assert post(connection, "bill", owed(ana, 8420), NOW, TODAY)
        assert post(connection, "payment", owed(ana, -5000), NOW, TODAY)

        assert receivable(connection, ana) == 3420


def test_the_same_cause_is_posted_once(engine: Engine) -> None:
    ana = an_account(engine)

    with engine.begin() as connection:
        assert post(connection, "bill", owed(ana, 8420), NOW, TODAY) is True
        assert post(connection, "bill", owed(ana, 8420), NOW, TODAY) is False

        assert receivable(connection, ana) == 8420


def test_the_same_cause_posted_by_two_at_once_is_posted_once(engine: Engine) -> None:
    ana = an_account(engine)
    together = Barrier(2)

    def go(_number: int) -> bool:
        together.wait()
        with engine.begin() as connection:
            return post(connection, "bill", owed(ana, 8420), NOW, TODAY)

    with ThreadPoolExecutor(2) as pool:
        posted = list(pool.map(go, range(2)))

    assert sorted(posted) == [False, True]
    with engine.begin() as connection:
        assert receivable(connection, ana) == 8420


def test_a_cause_given_up_by_one_is_posted_by_the_other(engine: Engine) -> None:
    ana = an_account(engine)

    def other() -> bool:
        with engine.begin() as connection:
            return post(connection, "bill", owed(ana, 8420), NOW, TODAY)

    with ThreadPoolExecutor(1) as pool, engine.connect() as connection:
        assert post(connection, "bill", owed(ana, 8420), NOW, TODAY)
        waiting = pool.submit(other)
        connection.rollback()
        assert waiting.result() is True


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line("receivable", Money(1))],
        [Line("receivable", Money(8420)), Line("billed", Money(-8419))],
        [Line("receivable", Money(100, "USD")), Line("billed", Money(-100, "CAD"))],
    ],
)
def test_lines_that_do_not_balance_are_refused(engine: Engine, lines: list[Line]) -> None:
    with engine.begin() as connection:
        with pytest.raises(ValueError, match=r"not the same|nothing to post"):
            post(connection, "wrong", lines, NOW, TODAY)

        assert connection.scalar(select(func.count()).select_from(journal)) == 0


def test_two_currencies_may_balance_side_by_side(engine: Engine) -> None:
    lines = [Line("stripe", Money(sign * 100, currency)) for sign in (1, -1) for currency in ("USD", "CAD")]

    with engine.begin() as connection:
        assert post(connection, "both", lines, NOW, TODAY)


def test_a_balance_can_be_asked_for_as_of_a_day(engine: Engine) -> None:
    ana = an_account(engine)

    with engine.begin() as connection:
        post(connection, "bill", owed(ana, 8420), NOW, date(2026, 11, 14))
        post(connection, "payment", owed(ana, -5000), NOW, date(2026, 11, 20))

        assert receivable(connection, ana, before=date(2026, 11, 14)) == 0
        assert receivable(connection, ana, before=date(2026, 11, 20)) == 8420
        assert receivable(connection, ana, before=date(2026, 11, 21)) == 3420


def test_a_transaction_that_is_rolled_back_posts_nothing(engine: Engine) -> None:
    ana = an_account(engine)

    with engine.connect() as connection, connection.begin() as transaction:
        post(connection, "bill", owed(ana, 8420), NOW, TODAY)
        transaction.rollback()

    with engine.begin() as connection:
        assert receivable(connection, ana) == 0
        assert post(connection, "bill", owed(ana, 8420), NOW, TODAY)


@pytest.mark.parametrize(
    "rewriting", [update(entry).values(minor=1), delete(entry), update(journal).values(cause="x"), delete(journal)]
)
def test_the_database_refuses_to_rewrite_what_was_posted(engine: Engine, rewriting: object) -> None:
    ana = an_account(engine)
    with engine.begin() as connection:
        post(connection, "bill", owed(ana, 8420), NOW, TODAY)

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(rewriting)  # type: ignore[call-overload]


def test_postgresql_refuses_to_empty_the_journal(pytestconfig: pytest.Config) -> None:
    with cluster(pytestconfig).database() as engine, engine.connect() as connection:
        empty = text("truncate entry")

        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(empty)
