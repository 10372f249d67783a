"""Sessions in this process' memory: the fake, for tests and for talking in a terminal."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from bot.errors import Unavailable
from bot.names import Address
from bot.ports import Clock, Visit
from handlers.sessions.spans import ANSWER, INBOUND, LEASE, MOST, REMAINS, UNMOVED, waiting

_Dated = tuple[bytes | None, datetime]
_NOTHING: _Dated = (None, datetime.min.replace(tzinfo=UTC))


@dataclass
class _Person:
    """Everything about one person, each part with its deadline."""

    holder: Visit | None = None
    held_until: datetime = _NOTHING[1]
    session: _Dated = _NOTHING
    remains: _Dated = _NOTHING
    answers: dict[str, _Dated] = field(default_factory=dict)
    inbound: list[datetime] = field(default_factory=list)
    unmoved: list[datetime] = field(default_factory=list)


class MemorySessions:
    """Behaves like RedisSessions, within one process."""

    def __init__(self, clock: Clock, ttl_seconds: int) -> None:
        self._clock = clock
        self._ttl = timedelta(seconds=ttl_seconds)
        self._people: dict[Address, _Person] = defaultdict(_Person)
        self._guard = Lock()

    @contextmanager
    def open(self, who: Address, message_id: str | None) -> Iterator[Visit]:
        """One turn of one person; see `bot.ports.Sessions`."""
        visit = waiting(self._clock, lambda: self._enter(who, message_id))
        try:
            yield visit
            if visit.repeated is None:
                self._leave(who, message_id, visit)
        finally:
            with self._guard:
                person = self._people[who]
                if person.holder is visit:
                    person.holder = None

    def _enter(self, who: Address, message_id: str | None) -> Visit | None:
        with self._guard:
            now, person = self._clock.now(), self._people[who]
            answer = self._alive(person.answers.get(message_id or "", _NOTHING))
            if answer is not None:
                return Visit(repeated=answer)
            if person.holder and person.held_until > now:
                return None
            if message_id is not None:
                person.inbound.append(now)
            visit = Visit(session=self._alive(person.session), remains=self._alive(person.remains))
            visit.inbound = self._count(person.inbound, INBOUND)
            visit.unmoved = self._count(person.unmoved, UNMOVED)
            person.holder, person.held_until = visit, now + LEASE
            return visit

    def _leave(self, who: Address, message_id: str | None, visit: Visit) -> None:
        with self._guard:
            now, person = self._clock.now(), self._people[who]
            if person.holder is not visit:
                raise Unavailable("another turn got in")
            person.session = (visit.keep, now + self._ttl)
            person.remains = (visit.leave, now + REMAINS)
            if message_id is not None and visit.answer is not None:
                person.answers[message_id] = (visit.answer, now + ANSWER)
            if not visit.moved:
                person.unmoved.append(now)

    def _alive(self, dated: _Dated) -> bytes | None:
        value, deadline = dated
        return value if deadline > self._clock.now() else None

    def _count(self, stamps: list[datetime], span: timedelta) -> int:
        start = self._clock.now() - span
        return min(MOST, sum(stamp > start for stamp in stamps))
