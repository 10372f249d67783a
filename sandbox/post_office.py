"""Does things a little later, one after the other: webhooks, status callbacks, bank debits that settle."""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """Something to do. `due` is by the office's clock; `what` names it, such as "webhook charge.succeeded"."""

    due: float
    number: int
    what: str
    awaited: bool
    office: "PostOffice"
    job: Callable[[], object]

    def run(self) -> None:
        """Do it, and take it off the list. It may be done again: a webhook is then sent twice."""
        with self.office.changed:
            if self in self.office.errands:
                self.office.errands.remove(self)
        self.job()


class PostOffice:
    """Keeps errands, and runs them when they are due in one thread of its own.

    `by_hand` there is no thread: the caller runs the `errands`, in any order, twice or never.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic, by_hand: bool = False) -> None:
        self._name = name
        self._clock = clock
        self._by_hand = by_hand
        self._numbers = itertools.count()
        self._awaited = 0
        self._open = False
        self._thread: threading.Thread | None = None
        self.changed = threading.Condition(threading.RLock())
        self.errands: list[Errand] = []

    def later(self, what: str, job: Callable[[], object], delay: float = 0.0, awaited: bool = True) -> None:
        """Do `job` in `delay` seconds. `quiet` waits for it if it is `awaited`; retries are not."""
        with self.changed:
            errand = Errand(self._clock() + delay, next(self._numbers), what, awaited, self, job)
            self.errands.append(errand)
            self._awaited += awaited
            self.changed.notify_all()

    def quiet(self, timeout: float) -> bool:
        """Whether every awaited errand is done; waits for that for `timeout` seconds, but not by hand."""
        with self.changed:
            if self._by_hand:
                return not any(errand.awaited for errand in self.errands)
            return self.changed.wait_for(lambda: self._awaited == 0, timeout)

    def start(self) -> None:
        """Open the office."""
        if self._by_hand:
            return
        self._open = True
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close after the errand in hand; what waits stays for the next start."""
        with self.changed:
            self._open = False
            self.changed.notify_all()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while errand := self._next():
            try:
                errand.run()
            except Exception:
                log.exception("an errand of the %s failed", self._name)
            with self.changed:
                self._awaited -= errand.awaited
                self.changed.notify_all()

    def _next(self) -> Errand | None:
        with self.changed:
            while self._open:
                first = min(self.errands, key=lambda errand: (errand.due, errand.number), default=None)
                wait = first.due - self._clock() if first else None
                if first and wait is not None and wait <= 0:
                    return first
                self.changed.wait(wait)
        return None
