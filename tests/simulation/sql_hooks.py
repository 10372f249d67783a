"""Mishaps of SQL: the connection is lost before, in or after a transaction, or the process dies there.

Hooked into the engine's own events. A commit is made in the listener, so that something can happen after it.
"""

import sqlite3
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.exc import OperationalError

from handlers.ledger.database import connect

if TYPE_CHECKING:
    from tests.simulation.process import Process


class Hooked:
    """An engine on whose transactions mishaps strike, for one process at a time: `process` is set by whoever uses it.

    It outlives processes and histories, for it keeps what SQLAlchemy has compiled.
    """

    process: "Process"

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        event.listen(self.engine, "checkout", self.checkout)
        event.listen(self.engine, "begin", self.began)
        event.listen(self.engine, "before_cursor_execute", self.statement)
        event.listen(self.engine, "commit", self.commit)
        event.listen(self.engine, "checkin", self.checkin)
        event.listen(self.engine, "handle_error", self.error)

    def checkout(self, *_: Any) -> None:
        """Before a transaction: nothing is locked yet."""
        self.process.alive()
        if not self.process.transactions:
            self.process.world.meanwhile("sql begin")
            self.process.alive()
        match self.process.world.strike("sql begin"):
            case "away":
                _gone()
            case "died":
                self.process.die()

    def began(self, connection: Connection) -> None:
        self.process.transactions.add(id(connection.connection.dbapi_connection))

    def statement(self, connection: Connection, _cursor: Any, _statement: str, *_more: Any) -> None:
        self.process.alive()
        if id(connection.connection.dbapi_connection) not in self.process.transactions:
            return
        match self.process.world.strike("sql statement"):
            case "cut":
                _gone()
            case "died":
                self.process.die()

    def commit(self, connection: Connection) -> None:
        self.process.alive()
        mishap = self.process.world.strike("sql commit")
        match mishap:
            case "cut before":
                _gone()
            case "died before":
                self.process.die()
        dbapi = connection.connection.dbapi_connection
        assert dbapi is not None
        dbapi.commit()
        self.ended(connection)
        match mishap:
            case "cut after":
                _gone()
            case "died after":
                self.process.die()
        if not self.process.transactions:
            self.process.world.meanwhile("sql commit")
            self.process.alive()

    def error(self, context: ExceptionContext) -> None:
        held = "locked" in str(context.original_exception)
        self.process.world.law.demand(not held, "no lock is held while something else happens")

    def checkin(self, dbapi: Any, _record: Any) -> None:
        self.process.transactions.discard(id(dbapi))

    def ended(self, connection: Connection) -> None:
        self.process.transactions.discard(id(connection.connection.dbapi_connection))


def _gone() -> NoReturn:
    raise OperationalError("(simulated)", None, sqlite3.OperationalError("the connection is gone"))
