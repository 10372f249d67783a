"""A process of ours: the program wired as it is deployed, over the simulated world. When it dies its memory is gone."""

from typing import TYPE_CHECKING, NoReturn

from werkzeug.test import Client

from config.outbox import make_deliverer
from config.web import make_web
from config.wiring import Guestpay
from tests.simulation.mishaps import Died
from tests.simulation.network import session_of
from tests.simulation.redis_stand_in import Shaky
from tests.simulation.sql_hooks import Hooked

if TYPE_CHECKING:
    from tests.simulation.world import World


class Process:
    """Web and worker in one: what they share is only what they would share anyway."""

    def __init__(self, world: "World", sql: Hooked) -> None:
        self.world = world
        self.dead = False
        self.transactions: set[int] = set()  # open ones, by their connection
        sql.process = self
        self.program = Guestpay(
            world.settings, world.clock, world.chance, Shaky(self), network=session_of(self), engine=sql.engine
        )
        self.web = Client(make_web(self.program))
        self.deliverer = make_deliverer(self.program)

    def die(self) -> NoReturn:
        """Be killed, here and now."""
        self.dead = True
        raise Died

    def alive(self) -> None:
        """Raises Died in what runs on, for its cleaning up, in a process that was killed."""
        if self.dead:
            raise Died

    def close(self) -> None:
        """Let go of what the operating system would take back."""
        self.program.engine.dispose()
        self.program.redis.close()
