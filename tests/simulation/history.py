"""One history: a seed, what happened, and what was broken. The same seed gives the same history, byte for byte."""

import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.simulation.life import Life
from tests.simulation.quiet import come_to_rest
from tests.simulation.shelf import POLICIES, Shelf, shelf
from tests.simulation.world import World


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
    kept = shelf()
    kept.clear()
    return _play(seed, kept)


def _play(seed: int, shelf: Shelf) -> History:
    world = World(seed, shelf, Random(seed).choice(POLICIES))
    life = Life(world)
    history = History(seed, trace=world.trace)
    try:
        life.staff.reconcile()  # from the first day on, so that days that are missed are caught up with
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
