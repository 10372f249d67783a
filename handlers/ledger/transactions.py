"""Transactions about money: done again when they crossed with others, and reports that see one moment.

What isolation they need and why: docs/adr/0012-isolation.md.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from sqlite3 import SQLITE_BUSY
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.errors import Unavailable
from bot.ports import Clock
from handlers.ledger.database import reading, take_time
from handlers.ledger.reach import reachable

_Result = TypeVar("_Result")
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2)  # seconds before each further try: whoever won is done by then
_PATIENCE = timedelta(seconds=4)  # of all tries together: somebody waits for the answer (RULES T3)
_CROSSED = {"40001", "40P01"}  # PostgreSQL's serialization_failure and deadlock_detected


def transact(engine: Engine, clock: Clock, work: Callable[[Connection], _Result]) -> _Result:
    """Do `work` in one transaction and commit it; from the beginning again if it crossed with another.

    So `work` may run more than once, and must do nothing but speak to its connection. Crossed means: PostgreSQL ended
    it for a deadlock or a serialization failure, or SQLite's file was locked; nothing of it was kept. Raises
    Unavailable when it crossed too often or for too long, or when SQL is away. That is never tried again here, for a
    commit whose answer was lost may have been kept.
    """
    began = clock.now()
    for pause in _PAUSES:
        try:
            return _once(engine, work)
        except Unavailable as failed:
            if not _crossed(failed.__cause__) or clock.now() - began >= _PATIENCE:
                raise
        clock.sleep(pause)
    return _once(engine, work)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction for reports: it only reads, takes its time, and sees all tables as they were at one moment.

    It waits for nobody and holds nobody up. Raises Unavailable when SQL is away.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with reachable(), reading(engine) as connection:
        take_time(connection)
        yield connection


def _once(engine: Engine, work: Callable[[Connection], _Result]) -> _Result:
    with reachable(), engine.begin() as connection:
        return work(connection)


def _crossed(error: BaseException | None) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    sqlite_code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # an extended code ends with the primary one
    return getattr(error.orig, "sqlstate", None) in _CROSSED or sqlite_code == SQLITE_BUSY
