"""Receipts are tested with payments as people make them: on SQLite and PostgreSQL, against the miniature Stripe."""

from tests.payments.conftest import client, engine, sandbox, world, world_on_sqlite  # noqa: F401
