"""The operator's commands run on SQLite and on PostgreSQL, over a ledger with the cast and their bills."""

import pytest
from sqlalchemy import Engine

from tests.console.desk import Desk
from tests.fakes import FakeClock
from tests.remittance.ledger import Ledger
from tests.sql import engine  # noqa: F401


@pytest.fixture
def desk(engine: Engine) -> Desk:  # noqa: F811
    """A person at the utility, at a terminal."""
    return Desk(Ledger(engine, FakeClock()))
