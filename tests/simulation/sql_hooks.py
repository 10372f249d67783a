"""Mishaps of SQL: the connection is lost before, in or after a transaction, or the process dies there.

Hooked into the engine's own events. A commit is made in the listener, so that something can happen after it.
"""

import sqlite3
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from tests.simulation.process import Process


def watch(engine: Engine, process: "Process") -> None:
    """Let mishaps strike the transactions of this process."""
    hooks = _Hooks(process)
    event.listen(engine, "begin", hooks.begin, insert=True)  # before the program's own listener takes SQLite's lock
    event.listen(engine, "begin", hooks.began)
    event.listen(engine, "before_cursor_execute", hooks.statement)
    event.listen(engine, "commit", hooks.commit)
    event.listen(engine, "checkin", lambda dbapi, _record: process.transactions.discard(id(dbapi)))


class _Hooks:
    def __init__(self, process: "Process") -> None:
        self._process = process
        self._world = process.world

    def begin(self, _connection: Connection) -> None:
        self._process.alive()
        if not self._process.transactions:
            self._world.meanwhile("sql begin")
            self._process.alive()
        match self._world.strike("sql begin"):
            case "away":
                _gone()
            case "died":
                self._process.die()

    def began(self, connection: Connection) -> None:
        self._process.transactions.add(id(connection.connection.dbapi_connection))

    def statement(self, connection: Connection, _cursor: Any, _statement: str, *_more: Any) -> None:
        self._process.alive()
        if id(connection.connection.dbapi_connection) not in self._process.transactions:
            return
        match self._world.strike("sql statement"):
            case "cut":
                _gone()
            case "died":
                self._process.die()

    def commit(self, connection: Connection) -> None:
        self._process.alive()
        mishap = self._world.strike("sql commit")
        match mishap:
            case "cut before":
                _gone()
            case "died before":
                self._process.die()
        dbapi = connection.connection.dbapi_connection
        assert dbapi is not None
        dbapi.commit()
        self.ended(connection)
        match mishap:
            case "cut after":
                _gone()
            case "died after":
                self._process.die()
        if not self._process.transactions:
            self._world.meanwhile("sql commit")
            self._process.alive()

    def ended(self, connection: Connection) -> None:
        self._process.transactions.discard(id(connection.connection.dbapi_connection))


def _gone() -> NoReturn:
    raise OperationalError("(simulated)", None, sqlite3.OperationalError("the connection is gone"))
