"""What goes wrong, and when: drawn by the seed at every point where the program waits for the world."""

from collections import Counter
from random import Random

_FOREIGN = (
    *("unreachable", "cut before", "cut after", "slow before", "slow after", "500 before", "500 after", "429"),
    *("died before", "died after"),
)
# Everything that can strike, by the point where it can. "before" and "after": whether the thing was done.
KINDS = {
    "sql begin": ("away", "died"),
    "sql statement": ("cut", "died"),
    "sql commit": ("cut before", "died before", "cut after", "died after"),
    "stripe": _FOREIGN,
    "twilio": _FOREIGN,
    "redis open": ("away", "forgot", "died"),
    "redis close": ("away before", "away after", "forgot", "died before", "died after"),
    "ack": ("died",),
    "webhook": ("never",),
    "status": ("never",),
    "post": ("lost before", "lost after", "twice"),
    "broker": ("lost", "twice"),
}
# A history has its own rate of mishaps; a transaction has many statements, so each of them gets less.
_RATES = (0.0, 0.01, 0.03, 0.08)
_SHARE = {"stripe": 8.0, "twilio": 8.0, "redis open": 0.5, "redis close": 0.5, "sql statement": 0.1}
_SHARE |= {"sql begin": 0.3, "sql commit": 0.5, "post": 2.0, "webhook": 1.0, "status": 8.0, "broker": 4.0, "ack": 4.0}
_BUSY = (0.0, 0.02, 0.08)


class Died(BaseException):
    """A process was killed. No `except Exception` of the program may notice."""


class Mishaps:
    """Draws mishaps. Each history has some kinds alone, so that each kind is met without the others too."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._rate = dice.choice(_RATES)
        self._busy = dice.choice(_BUSY)
        every = [f"{point}: {kind}" for point, kinds in KINDS.items() for kind in kinds]
        self._enabled = frozenset(name for name in every if dice.random() < 0.6)
        self.on = True
        self.struck: Counter[str] = Counter()
        self.met = 0

    def at(self, point: str) -> str:
        """What strikes here; mostly nothing, the empty text."""
        self.met += 1
        if not self.on or self._dice.random() >= self._rate * _SHARE.get(point, 1.0):
            return ""
        kind = self._dice.choice(KINDS[point])
        name = f"{point}: {kind}"
        if name not in self._enabled:
            return ""
        self.struck[name] += 1
        return kind

    def meanwhile(self) -> bool:
        """Whether something else happens while a process waits here."""
        return self.on and self._dice.random() < self._busy
