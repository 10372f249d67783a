"""What must hold whatever happens: the watchers, each of one kind of promise, and what they complain about."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import requests
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from handlers.ledger.database import reading
from tests.simulation.watch.books import Books
from tests.simulation.watch.links import Links
from tests.simulation.watch.logs import Logs
from tests.simulation.watch.payments import Payments
from tests.simulation.watch.rest import Rest
from tests.simulation.watch.texts import Texts

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.world import World


class Law:
    """Collects broken promises. It reads SQL over a connection of its own, on which no mishap strikes."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._engine = world.shelf.looking
        self._looked = -1
        self.broken: list[str] = []
        self.books, self.payments, self.links = Books(world, self), Payments(world, self), Links(world, self)
        self.texts, self.logs, self.rest = Texts(world, self), Logs(world, self), Rest(world, self)

    def demand(self, holds: bool, promise: str, about: object = "") -> None:
        """Note that a promise is broken. `about` is for the trace alone."""
        if not holds:
            self.broken.append(promise)
            self._world.log(f"BROKEN: {promise} {about}".rstrip())

    def check(self) -> None:
        """What holds after every step; there is nothing to see as long as nothing was written."""
        version = self._world.shelf.version()
        if version == self._looked:
            return
        self._looked = version
        with self.look() as connection:
            self.payments.check(connection)
            self.books.check(connection)
            self.texts.check(connection)

    def check_rest(self) -> None:
        """What holds once everything has come to rest."""
        with self.look() as connection:
            self.rest.check(connection)

    def refreshed(self) -> dict[str, dict[str, Any]]:
        """The payment rows as they are now, by id."""
        with self.look() as connection:
            self.payments.check(connection)
        return self.payments.rows

    def look(self) -> AbstractContextManager[Connection]:
        """A connection to look at SQL."""
        return reading(self._engine)

    def asked(self, process: "Process", counterpart: str, request: requests.PreparedRequest) -> None:
        """A process is about to ask Stripe or Twilio something."""
        self.demand(not process.transactions, "no transaction is open while Stripe or Twilio works", request.path_url)
        if counterpart == "twilio":
            self.texts.asked(request)

    def answered(self, counterpart: str, request: requests.PreparedRequest, answer: requests.Response) -> None:
        """It was done, whether or not the answer arrives."""
        if counterpart == "twilio":
            self.texts.answered(request, answer)

    def served(self, path: str, response: TestResponse) -> None:
        """The program answered a request from outside."""
        if response.status_code >= 400:
            self.logs.leaving(response.get_data(as_text=True), f"the answer to {path.split('?')[0]}")

    def close(self) -> None:
        """Stop watching."""
        self.logs.close()
