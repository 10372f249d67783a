"""The billing tests run on SQLite and on PostgreSQL, with the cast brought in where a test asks for `book`."""

import pytest
from sqlalchemy import Engine

from handlers.billing.book import SqlAccountBook
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests.cast import cast
from tests.fakes import FakeClock
from tests.sql import engine  # noqa: F401


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def book(engine: Engine, clock: FakeClock) -> SqlAccountBook:  # noqa: F811
    cast(engine, clock)
    return SqlAccountBook(engine, Tries(clock, Sealer([bytes(32)])), {"prairie": "USD"})
