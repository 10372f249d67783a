"""Sessions in Redis or Valkey: two round trips a turn, and nothing readable at rest (RULES T2, T4, S6, S7)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import redis

from bot.errors import Unavailable
from bot.names import Address
from bot.ports import Chance, Clock, Visit
from handlers.sealing import Sealer
from handlers.sessions.scripts import CLOSE, FORGET, HEADER, OPEN, RELEASE, milliseconds
from handlers.sessions.spans import ANSWER, REMAINS, waiting
from handlers.sessions.stored import Stored, version_after

_log = logging.getLogger("guestpay.sessions")
_ANSWER, _REMAINS = milliseconds(ANSWER), milliseconds(REMAINS)


class _Turn(NamedTuple):
    """Who holds what: the person's keys in the order of the scripts, the lease's token, whether a message came in."""

    keys: tuple[str, ...]
    token: str
    heard: bool


class RedisSessions:
    """The real sessions. A person's turns are kept in order by a lease and right by the session's version."""

    def __init__(self, client: redis.Redis, sealer: Sealer, clock: Clock, chance: Chance, ttl_seconds: int) -> None:
        self._client = client
        self._sealer = sealer
        self._stored = Stored(sealer)
        self._clock = clock
        self._chance = chance
        self._ttl = ttl_seconds * 1000

    @contextmanager
    def open(self, who: Address, message_id: str | None) -> Iterator[Visit]:
        """One turn of one person; see `bot.ports.Sessions`."""
        turn = self._turn(who, message_id)
        try:
            visit, loaded = waiting(self._clock, lambda: self._enter(turn))
            yield visit
            if visit.repeated is None:
                self._leave(turn, loaded, visit)
        except BaseException:
            self._release(turn)
            raise

    def _turn(self, who: Address, message_id: str | None) -> _Turn:
        person = "{" + self._sealer.name("person", who.reveal()) + "}"
        message = f"{person}:m:{self._sealer.name('message', message_id or '')}"
        keys = (person + ":s", person + ":l", message, person + ":r", person + ":i", person + ":u")
        return _Turn(keys, self._chance.token(), message_id is not None)

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _enter(self, turn: _Turn) -> tuple[Visit, bytes] | None:
        """The visit and the header of its session, or None while another turn holds the person."""
        keys = turn.keys
        found = OPEN.run(self._client, keys, self._now(), turn.token, int(turn.heard))
        if found is None:
            return None
        if isinstance(found, bytes):
            return self._repeat(found, keys[2])
        session, remains, inbound, unmoved = found
        visit = Visit(
            session=self._stored.open(session, keys[0]),
            remains=self._stored.open(remains, keys[3]),
            inbound=inbound,
            unmoved=unmoved,
        )
        return visit, (session or b"")[:HEADER]

    def _repeat(self, answer: bytes, key: str) -> tuple[Visit, bytes] | None:
        """A visit that only hands out the first answer; one that cannot be read is dropped, and the message is new."""
        repeated = self._stored.open(answer, key)
        if repeated is None:
            FORGET.run(self._client, (key,))
            return None
        return Visit(repeated=repeated), b""

    def _leave(self, turn: _Turn, loaded: bytes, visit: Visit) -> None:
        """Save what the turn wants kept. Raises Unavailable, with nothing saved, if it no longer held the person."""
        now, keys, seal = self._now(), turn.keys, self._stored.seal
        keep = answer = leave = b""  # nothing to keep: a sealed value is never empty
        if visit.keep is not None:
            keep = seal(visit.keep, keys[0], now + self._ttl, version_after(loaded))
        if visit.answer is not None and turn.heard:
            answer = seal(visit.answer, keys[2], now + _ANSWER)
        if visit.leave is not None:
            leave = seal(visit.leave, keys[3], now + _REMAINS)
        left_nowhere = int(not visit.moved)
        if not CLOSE.run(self._client, keys, now, turn.token, loaded, keep, self._ttl, answer, leave, left_nowhere):
            raise Unavailable("another turn got in")

    def _release(self, turn: _Turn) -> None:
        """Let the person go after a failure, if Redis lets us; else the lease runs out. The failure is the news."""
        try:
            RELEASE.run_at_once(self._client, turn.keys, turn.token)
        except Unavailable:
            _log.warning("a lease could not be released; it runs out by itself")
