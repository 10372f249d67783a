"""Turns as the tests of the sessions take them."""

from collections.abc import Callable

import redis

from bot.names import Address
from bot.ports import Clock, Sessions, Visit
from handlers.sealing import Sealer
from handlers.sessions.redis_sessions import RedisSessions
from tests.fakes import FakeChance, FakeClock

ANA = Address("sms", "+12175550101")
BEN = Address("sms", "+12175550102")
TTL = 900


class Store:
    """Sessions and the clock they live by."""

    def __init__(self, make: Callable[[Clock], Sessions], clock: FakeClock) -> None:
        self._make = make
        self.clock = clock
        self.sessions = make(clock)

    def living_by(self, clock: FakeClock) -> "Store":
        """A store of the same kind with another clock."""
        return Store(self._make, clock)


def over(client: redis.Redis, sealer: Sealer | None = None) -> Store:
    """Sessions in this Redis."""
    sealer = sealer or Sealer([b"k" * 32])
    return Store(lambda clock: RedisSessions(client, sealer, clock, FakeChance(), TTL), FakeClock())


def say(
    store: Store, message_id: str | None, keep: bytes | None = b"kept", who: Address = ANA, **writes: object
) -> Visit:
    """One whole turn that keeps and answers something."""
    with store.sessions.open(who, message_id) as visit:
        visit.keep = keep
        visit.answer = b"answer to %s" % (message_id or "").encode()
        for name, value in writes.items():
            setattr(visit, name, value)
    return visit


def fail(store: Store, message_id: str, **writes: object) -> None:
    """A turn that breaks before its end."""
    with store.sessions.open(ANA, message_id) as visit:
        for name, value in writes.items():
            setattr(visit, name, value)
        raise ZeroDivisionError


def at(client: redis.Redis, ending: str) -> bytes:
    """The only key that ends like this."""
    (key,) = client.keys(f"*:{ending}")
    return bytes(key)
