"""The outbox's tests run on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy import Engine

from tests.outbox.desk import Desk
from tests.sql import engine  # noqa: F401


@pytest.fixture
def desk(engine: Engine) -> Desk:  # noqa: F811
    return Desk(engine)
