"""Chance that repeats itself, and remembers what it dealt out: keys and tokens may be seen nowhere."""

from random import Random

_KEY_DIGITS = 6


class Dealt:
    """`bot.ports.Chance`, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed ^ 0x5EED)
        self.tokens: set[str] = set()
        self.keys: set[str] = set()

    def token(self) -> str:
        """128 bits, as the real one: of the last of its 22 characters only two bits count."""
        most = self._random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=21)
        made = "".join(most + self._random.choices("AQgw"))
        self.tokens.add(made)
        return made

    def digits(self, count: int) -> str:
        """That many."""
        made = f"{self._random.randrange(10**count):0{count}d}"
        if count == _KEY_DIGITS:
            self.keys.add(made)
        return made
