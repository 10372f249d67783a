"""When SQL is away the rest of the program hears one word, Unavailable; a bug stays a bug."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import Unavailable
from handlers.ledger.database import connect
from handlers.ledger.reach import reachable
from tests.sql import cluster, sqlite_engine


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'no such folder' / 'x.db'}")

    with pytest.raises(Unavailable), reachable(), engine.begin():
        pass


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    engine = connect(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")

    with pytest.raises(Unavailable), reachable(), engine.begin():
        pass


def test_a_server_that_ends_our_session_is_unavailable(pytestconfig: pytest.Config) -> None:
    with cluster(pytestconfig).database() as engine, engine.connect() as victim, engine.connect() as other:
        pid = victim.scalar(text("select pg_backend_pid()"))
        other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})

        with pytest.raises(Unavailable), reachable():
            victim.execute(text("select 1"))


def test_a_bug_is_not_hidden(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path)

    with pytest.raises(SQLAlchemyError) as caught, reachable(), engine.begin() as connection:
        connection.execute(text("insert into account (id) values (1)"))

    assert not isinstance(caught.value, Unavailable)
    engine.dispose()
