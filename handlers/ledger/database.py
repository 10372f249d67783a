"""The one way to SQL: an engine that behaves alike on PostgreSQL and SQLite."""

from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

# A person waits 15 s at most (RULES T3): a server that hangs must not keep them, nor a thread, for longer.
_PATIENCE = "-c statement_timeout=5000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=30000"


def connect(url: str, lasting: bool = True) -> Engine:
    """An engine for `url` (SQLAlchemy form), not yet connected.

    SQLite gets a write-ahead log, foreign keys (they keep the journal balanced, too), triggers that see a row being
    replaced, and transactions that take the write lock at once: a transaction that reads first and writes later would
    otherwise fail when two processes meet. PostgreSQL gets the isolation that our locks count on, whatever its own
    default is (docs/adr/0012-isolation.md). What is committed outlasts a loss of power; if not `lasting`, SQLite may
    forget its last moments then, and is quicker. Errors never show parameters (RULES S9).
    """
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=8,
            pool_timeout=3,
            hide_parameters=True,
            connect_args={"connect_timeout": 3, "tcp_user_timeout": 5000, "options": _PATIENCE},
        )
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 5, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin too late; `begin` below does it
        synchronous = "FULL" if lasting else "NORMAL"
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def take_time(connection: Connection) -> None:
    """Let this transaction's statements take as long as they need: an import, a migration. Nobody waits for them."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("set local idle_in_transaction_session_timeout = 0"))


def reading(engine: Engine) -> AbstractContextManager[Connection]:
    """A transaction that only reads: on SQLite it waits for no writer and holds none up."""
    return engine.execution_options(reading=True).begin()
