"""Payments are tested on SQLite and on PostgreSQL, against the miniature Stripe, by the real SDK over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from sqlalchemy import Engine

from handlers.payments import stripe_client
from tests.payments.world import SECRET, STRIPE_KEY, World
from tests.sql import engine, sqlite_engine  # noqa: F401
from tests.timed import TimedSandbox

# Nothing in these tests is slow but what a test makes slow: a busy machine may be.
GENEROUS = 30.0


@pytest.fixture
def sandbox() -> Iterator[TimedSandbox]:
    """A miniature Stripe."""
    with TimedSandbox("http://127.0.0.1:9", "AC" + "5" * 32, "token", STRIPE_KEY, SECRET) as made:
        yield made


@pytest.fixture
def client(sandbox: TimedSandbox) -> stripe.StripeClient:
    """Our own client, pointed at it."""
    return stripe_client.client(STRIPE_KEY, sandbox.url, GENEROUS)


@pytest.fixture
def world(engine: Engine, sandbox: TimedSandbox, client: stripe.StripeClient) -> World:  # noqa: F811
    """Everything."""
    return World(engine, sandbox, client)


@pytest.fixture
def world_on_sqlite(tmp_path: Path, sandbox: TimedSandbox, client: stripe.StripeClient) -> Iterator[World]:
    """Everything, on SQLite alone: for what never gets as far as SQL."""
    made = sqlite_engine(tmp_path)
    yield World(made, sandbox, client)
    made.dispose()
