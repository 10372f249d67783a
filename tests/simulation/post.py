"""The post and the workers: errands of Stripe and Twilio, tasks of the broker, late, twice, out of order or never."""

from bot.errors import Unavailable
from handlers.ledger.reach import reachable
from handlers.outbox.sweep import sweep
from sandbox.post_office import Errand
from tests.simulation.process import Process
from tests.simulation.world import World


class Post:
    """`tasks` are the rows that the broker has to hand out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = world.dice
        self.tasks: list[int] = []

    def run_errand(self) -> None:
        """Something that Stripe or Twilio would do now, or a little early, or late; or never."""
        errands = self._world.sandbox.errands
        errand = errands[min(int(self._dice.expovariate(0.6)), len(errands) - 1)]
        kind = errand.what.split()[0]
        if kind in ("webhook", "status") and self._world.strike(kind):
            errand.office.errands.remove(errand)  # they gave up: reconciliation, or asking, has to find it
            self._world.log(f"never told: {errand.what}")
            return
        self.run(errand)
        if self._dice.random() < 0.05:
            self.run(errand)

    def run(self, errand: Errand) -> None:
        """Do it."""
        self._world.did(f"errand: {errand.what}")
        errand.run()

    def sweep(self) -> None:
        """The schedule looks for what is due, and puts it on the broker."""
        found = self._world.at_work(_sweep) or []
        if found:
            self._world.log(f"sweep: {found}")
        for row in found:
            mishap = self._world.strike("broker")
            self.tasks += {"lost": [], "twice": [row, row]}.get(mishap, [row])

    def work(self) -> None:
        """A worker takes a task, in any order."""
        task = self._dice.randrange(len(self.tasks)) if self._dice.random() < 0.4 else 0
        row = self.tasks.pop(task)
        outcome = self._world.at_work(lambda process: self._deliver(process, row))
        self._world.did(f"delivered: {outcome or 'died'}", row)
        if outcome is None:
            self.tasks.append(row)  # never acknowledged: the broker hands it out again

    def _deliver(self, process: Process, row: int) -> str:
        self._world.log(f"deliver {row}")
        try:
            outcome: str = process.deliverer.deliver(row)
        except Unavailable:
            outcome = "unavailable"
        if self._world.strike("ack"):
            process.die()
        return outcome


def _sweep(process: Process) -> list[int]:
    try:
        with reachable():
            return sweep(process.program.engine, process.program.clock)
    except Unavailable:
        return []
