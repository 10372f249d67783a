"""Does things a little later, one after the other: webhooks, status callbacks, bank debits that settle."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class PostOffice:
    """One thread that runs jobs when they are due."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: list[tuple[float, int, bool, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._awaited = 0
        self._open = False
        self._thread: threading.Thread | None = None

    def later(self, job: Callable[[], None], delay: float = 0.0, awaited: bool = True) -> None:
        """Run `job` in `delay` seconds. `quiet` waits for it if it is `awaited`; retries are not."""
        with self._changed:
            heapq.heappush(self._jobs, (time.monotonic() + delay, next(self._numbers), awaited, job))
            self._awaited += awaited
            self._changed.notify_all()

    def quiet(self, timeout: float) -> bool:
        """Wait until every awaited job is done; False if `timeout` seconds were not enough."""
        with self._changed:
            return self._changed.wait_for(lambda: self._awaited == 0, timeout)

    def start(self) -> None:
        """Open the office."""
        self._open = True
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close after the job in hand; what waits stays for the next start."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while entry := self._next():
            awaited, job = entry
            try:
                job()
            except Exception:
                log.exception("a job of the %s failed", self._name)
            with self._changed:
                self._awaited -= awaited
                self._changed.notify_all()

    def _next(self) -> tuple[bool, Callable[[], None]] | None:
        with self._changed:
            while self._open:
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if wait is not None and wait <= 0:
                    _, _, awaited, job = heapq.heappop(self._jobs)
                    return awaited, job
                self._changed.wait(wait)
        return None
