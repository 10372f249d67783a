"""One history: a seed, what happened, and what was broken. The same seed gives the same history, byte for byte."""

import shutil
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from handlers.ledger.database import connect
from handlers.ledger.migrate import migrate
from tests import cast
from tests.fakes import FakeClock
from tests.simulation.life import Life
from tests.simulation.quiet import come_to_rest
from tests.simulation.world import World

UTILITIES = Path(__file__).parents[2] / "config" / "utilities"
_MEMORY = Path("/dev/shm")


@dataclass
class History:
    """What came of a seed."""

    seed: int
    steps: int = 0
    trace: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)


def play(seed: int) -> History:
    """Play a history to its end, or to the first broken promise."""
    folder = Path(tempfile.mkdtemp(prefix="guestpay-sim-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        path = folder / "guestpay.db"
        path.write_bytes(_template())
        policy = Random(seed).choice(("credit", "refund"))
        utilities = folder / "utilities"
        utilities.mkdir()
        profile = (UTILITIES / "prairie.toml").read_text("utf-8")
        (utilities / "prairie.toml").write_text(profile.replace('surplus = "credit"', f'surplus = "{policy}"'), "utf-8")
        return _play(seed, f"sqlite:///{path}", policy, utilities)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _play(seed: int, database_url: str, policy: str, utilities: Path) -> History:
    world = World(seed, database_url, policy, utilities)
    life = Life(world)
    history = History(seed, trace=world.trace)
    try:
        world.law.check()
        for _ in range(world.dice.randint(60, 200)):
            life.step()
            history.steps += 1
            world.law.check()
            if world.law.broken:
                break
        else:
            come_to_rest(world, life)
            world.law.check()
            world.law.check_rest()
    except Exception as error:
        world.log("".join(traceback.format_exception(error)))
        world.law.demand(False, f"nothing breaks: {type(error).__name__}")
    finally:
        history.broken, history.struck, history.deeds = world.law.broken, world.mishaps.struck, world.deeds
        world.close()
    return history


@cache
def _template() -> bytes:
    """A migrated database with the cast in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.db")
        engine = connect(f"sqlite:///{path}")
        migrate(engine)
        cast.cast(engine, FakeClock())
        with engine.connect() as connection:
            connection.exec_driver_sql("rollback")
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
        engine.dispose()
        return path.read_bytes()
