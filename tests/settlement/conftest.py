"""Reconciliation is tested on SQLite and on PostgreSQL, with the real SDK and the miniature Stripe in one process."""

import pytest
import stripe
from sqlalchemy import Engine

from handlers.payments import stripe_client
from sandbox.in_process import session_to
from tests.payments.world import SECRET, STRIPE_KEY, World
from tests.settlement.morning import Morning
from tests.sql import engine  # noqa: F401
from tests.timed import TimedSandbox


@pytest.fixture
def sandbox() -> TimedSandbox:
    """A miniature Stripe that needs no socket."""
    return TimedSandbox("http://127.0.0.1:9", "AC" + "5" * 32, "token", STRIPE_KEY, SECRET, by_hand=True)


@pytest.fixture
def client(sandbox: TimedSandbox) -> stripe.StripeClient:
    """Our own client, pointed at it."""
    return stripe_client.client(STRIPE_KEY, "http://stripe", 30.0, session_to(sandbox.app))


@pytest.fixture
def morning(engine: Engine, sandbox: TimedSandbox, client: stripe.StripeClient) -> Morning:  # noqa: F811
    """Everything."""
    return Morning(World(engine, sandbox, client))
