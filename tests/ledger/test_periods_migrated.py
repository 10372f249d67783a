"""A database of before there were billing periods gets them: what is owed lies on the newest bills."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, insert, select, text

import handlers.ledger
from bot.money import Money
from handlers.ledger.database import connect
from handlers.ledger.journal import Line, post, receivable
from handlers.ledger.migrate import migrate
from handlers.ledger.periods import OpenPeriod, open_periods
from handlers.ledger.tables import account, bill, journal
from tests.ledger.test_journal import NOW, TODAY, an_account
from tests.sql import cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as it was before migration 0008."""
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'old.db'}")
        _migrate_to(engine, "0007")
        yield engine
        engine.dispose()
    else:
        with cluster(request.config).database(migrated=False) as engine:
            _migrate_to(engine, "0007")
            yield engine


def _migrate_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(handlers.ledger.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def old_account(engine: Engine, owed: int, *bills: tuple[int, int, int]) -> tuple[int, list[int]]:
    """An account that owes so much, and its bills: the month of 2026, what was due, and past due."""
    ana = an_account(engine)
    ids = []
    with engine.begin() as connection:
        for month, due, past in bills:
            days = dict.fromkeys(("period_start", "period_end", "issued_on", "due_on"), date(2026, month, 1))
            sums = {"amount_due": due, "past_due": past, "currency": "USD"}
            made = insert(bill).values(account_id=ana, **days, **sums).returning(bill.c.id)
            ids.append(connection.execute(made).scalar_one())
        if owed:
            lines = [Line("receivable", Money(owed), ana), Line("billed", Money(-owed), ana)]
            post(connection, "old", lines, NOW, TODAY)
    return ana, ids


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        (25000, [(None, 4000), (0, 5000), (1, 7000), (2, 9000)]),
        (21000, [(0, 5000), (1, 7000), (2, 9000)]),
        (10000, [(1, 1000), (2, 9000)]),
        (9000, [(2, 9000)]),
        (2000, [(2, 2000)]),
        (0, []),
        (-500, [(None, -500)]),
    ],
)
def test_what_is_owed_lies_on_the_newest_bills(
    before: Engine, owed: int, expected: list[tuple[int | None, int]]
) -> None:
    ana, ids = old_account(before, owed, (8, 5000, 0), (9, 12000, 5000), (10, 21000, 12000))

    migrate(before)

    with before.begin() as connection:
        assert open_periods(connection, ana) == [
            OpenPeriod(None if place is None else ids[place], minor) for place, minor in expected
        ]
        assert receivable(connection, ana) == owed


def test_an_account_without_bills_stays_as_it_is(before: Engine) -> None:
    ana, _none = old_account(before, 700)

    migrate(before)

    with before.begin() as connection:
        assert open_periods(connection, ana) == [OpenPeriod(None, 700)]
        assert connection.scalars(select(journal.c.cause)).all() == ["old"]


def test_what_it_posts_balances_and_bears_the_time_of_what_was_there(before: Engine) -> None:
    ana, _ids = old_account(before, 700, (8, 5000, 0))

    migrate(before)

    with before.begin() as connection:
        made = connection.execute(select(journal).where(journal.c.cause == f"periods:{ana}")).mappings().one()
        assert (made["at"], made["effective_on"]) == (NOW, TODAY)
        unbalanced = "select journal_id from entry group by journal_id having sum(minor) <> 0"
        assert connection.execute(text(unbalanced)).all() == []
        assert connection.scalars(select(account.c.id)).all() == [ana]
