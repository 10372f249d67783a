"""What a test may make go wrong: slow answers, errors, lost connections. Also the record of every request."""

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Response, json, request


@dataclass(slots=True)
class Trouble:
    """One planned mishap of `counterpart` ("stripe" or "twilio").

    It sets `begun`, then waits `delay` seconds and until `hold` is set. Then `status` is answered with `body`, not the
    real thing; with `lost`, the connection breaks: before anything was done, or, with `done`, after it was done.
    Only for requests of `method` (any if empty) whose path contains `path`, and `times` times.
    """

    counterpart: str
    status: int | None = None
    body: dict[str, Any] | None = None
    delay: float = 0.0
    hold: threading.Event | None = None
    begun: threading.Event = field(default_factory=threading.Event)
    lost: bool = False
    done: bool = False
    method: str = ""
    path: str = ""
    times: int = 1

    def fits(self, counterpart: str, method: str, path: str) -> bool:
        """Whether this request is the one."""
        return self.counterpart == counterpart and self.method in ("", method) and self.path in path

    def wait(self) -> None:
        """Be slow."""
        self.begun.set()
        if self.hold:
            self.hold.wait(60)
        time.sleep(self.delay)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that reached us. `form` is its body as it was sent."""

    counterpart: str
    method: str
    path: str
    query: str
    form: str
    headers: dict[str, str]


@dataclass(slots=True)
class Troubles:
    """The planned mishaps and the requests seen."""

    planned: list[Trouble] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, counterpart: str) -> None:
        """Write the current request down."""
        self.seen.append(
            Seen(
                counterpart,
                request.method,
                request.path,
                request.query_string.decode(),
                request.get_data(as_text=True),
                dict(request.headers),
            )
        )

    def take(self, counterpart: str) -> Trouble | None:
        """The mishap planned for the current request, used up."""
        with self.lock:
            for trouble in self.planned:
                if trouble.fits(counterpart, request.method, request.path):
                    trouble.times -= 1
                    if trouble.times <= 0:
                        self.planned.remove(trouble)
                    return trouble
        return None


def hang_up() -> Response:
    """Break the connection of the current request without an answer."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=502)


def as_json(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, headers, content_type="application/json")
