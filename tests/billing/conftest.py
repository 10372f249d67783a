"""The billing's tests run on SQLite and on PostgreSQL."""

from tests.sql import engine  # noqa: F401
