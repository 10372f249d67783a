"""Stamps what is new with an id and a time. Both come from what is passed in, so that a run can be repeated exactly."""

import random
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Mint:
    """Time as `clock` tells it, in Unix seconds, and ids by `chance`: the same two give the same ids again."""

    clock: Callable[[], float] = time.time
    chance: random.Random = field(default_factory=random.SystemRandom)

    def now(self) -> int:
        """This instant in whole Unix seconds."""
        return int(self.clock())

    def id(self, prefix: str, length: int = 24) -> str:
        """An id such as pi_… with Stripe's prefix."""
        return prefix + "".join(self.chance.choice(_LETTERS) for _ in range(length))

    def hex(self, prefix: str, length: int = 32) -> str:
        """An id such as SM… with Twilio's prefix."""
        return prefix + "".join(self.chance.choice("0123456789abcdef") for _ in range(length))
