"""What a test may make go wrong: slow answers, errors, lost connections. Also the record of every request."""

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
    By hand nothing waits: a slow answer is one for which the caller has given up waiting, though all was done.
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

    @property
    def nothing_done(self) -> bool:
        """Whether the request never arrives."""
        return self.lost and not self.done

    @property
    def slow(self) -> bool:
        """Whether the answer takes its time."""
        return self.delay > 0 or (self.hold is not None and not self.hold.is_set())


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

    by_hand: bool = False
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

    def take(self, counterpart: str) -> Trouble:
        """The mishap planned for the current request, used up; a harmless one if there is none. Raises HungUp."""
        trouble = self._planned(counterpart) or Trouble(counterpart)
        if trouble.nothing_done:
            self.wait(trouble)
            raise HungUp("the request was lost")
        return trouble

    def wait(self, trouble: Trouble) -> None:
        """Be slow, if it is to be slow."""
        trouble.begun.set()
        if self.by_hand:
            return
        if trouble.hold:
            trouble.hold.wait(60)
        time.sleep(trouble.delay)

    def leave(self, trouble: Trouble) -> None:
        """Before the answer goes out. Raises HungUp or GaveUp if it does not arrive."""
        if trouble.lost:
            raise HungUp("the answer was lost")
        if self.by_hand and trouble.slow:
            raise GaveUp("the answer took too long")

    def _planned(self, counterpart: str) -> Trouble | None:
        with self.lock:
            for trouble in self.planned:
                if trouble.fits(counterpart, request.method, request.path):
                    trouble.times -= 1
                    if trouble.times <= 0:
                        self.planned.remove(trouble)
                    return trouble
        return None


class HungUp(ConnectionError):
    """The connection broke without an answer. Our server drops it; a test client gets this exception itself."""


class GaveUp(TimeoutError):
    """By hand: the caller stopped waiting for the answer."""


def as_json(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, headers, content_type="application/json")
