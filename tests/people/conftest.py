"""People's tests run on SQLite and on PostgreSQL, with the cast brought in where a test needs accounts."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.speech import Speech
from handlers.people.keys import SqlKeys
from handlers.people.people import SqlPeople
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests.cast import PRAIRIE, cast
from tests.fakes import FakeChance, FakeClock
from tests.people.desk import Desk
from tests.sql import engine  # noqa: F401

COPY = Path(__file__).parents[2] / "flows" / "copy"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sealer() -> Sealer:
    return Sealer([b"k" * 32])


@pytest.fixture
def tries(clock: FakeClock, sealer: Sealer) -> Tries:
    return Tries(clock, sealer)


@pytest.fixture
def people(engine: Engine, clock: FakeClock, sealer: Sealer) -> SqlPeople:  # noqa: F811
    return SqlPeople(engine, clock, sealer)


@pytest.fixture
def desk(engine: Engine, clock: FakeClock, sealer: Sealer, tries: Tries) -> Desk:  # noqa: F811
    cast(engine, clock)
    keys = SqlKeys(engine, clock, FakeChance(), sealer, tries, Speech.load(COPY), {"prairie": PRAIRIE}, mail=True)
    return Desk(engine, clock, sealer, keys)
