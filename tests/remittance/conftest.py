"""Remittances are tested on SQLite and on PostgreSQL, over ledgers with the cast and their bills."""

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.remittance.ledger import Ledger
from tests.sql import engine  # noqa: F401


@pytest.fixture
def ledger(engine: Engine) -> Ledger:  # noqa: F811
    """Everybody's accounts and bills, and no payment yet."""
    return Ledger(engine, FakeClock())
