"""Sessions that get lost, as in a Redis that goes away or forgets: around the store that the program's tests share."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from bot.errors import Unavailable
from bot.names import Address
from bot.ports import Visit
from handlers.sessions.memory import MemorySessions
from tests.simulation.mishaps import Died

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.world import World


class Redis:
    """The one store of all processes. Forgetting makes an empty one in its place."""

    def __init__(self, world: "World") -> None:
        self._world = world
        # Holds of processes that died, or could not reach us to let go: they last until their lease runs out.
        self.abandoned: list[AbstractContextManager[Visit]] = []
        self.forget()

    def forget(self) -> None:
        """Lose everything."""
        self.store = MemorySessions(self._world.clock, 900)


class Shaky:
    """`bot.ports.Sessions` as one process reaches them."""

    def __init__(self, process: "Process") -> None:
        self._process = process
        self._world = process.world

    @contextmanager
    def open(self, who: Address, message_id: str | None) -> Iterator[Visit]:
        """One turn of one person."""
        redis = self._world.redis
        self._opening(redis)
        store = redis.store
        hold = store.open(who, message_id)
        visit = hold.__enter__()
        try:
            yield visit
        except Died:
            redis.abandoned.append(hold)
            raise
        except BaseException as error:
            if not hold.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            self._closing(redis, store, hold)

    def _opening(self, redis: Redis) -> None:
        self._process.alive()
        self._world.meanwhile("redis open")
        self._process.alive()
        match self._world.strike("redis open"):
            case "away":
                raise Unavailable("sessions are away")
            case "forgot":
                redis.forget()
            case "died":
                self._process.die()

    def _closing(self, redis: Redis, store: MemorySessions, hold: AbstractContextManager[Visit]) -> None:
        self._process.alive()
        self._world.meanwhile("redis close")
        self._process.alive()
        mishap = self._world.strike("redis close")
        if mishap == "forgot":
            redis.forget()
        if mishap in ("away before", "died before") or redis.store is not store:
            redis.abandoned.append(hold)
            if mishap == "died before":
                self._process.die()
            raise Unavailable("sessions are away")
        hold.__exit__(None, None, None)
        if mishap == "away after":
            raise Unavailable("sessions are away")
        if mishap == "died after":
            self._process.die()
