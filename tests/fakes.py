"""The clock and the dice of the tests: time moves when a test says so, and chance repeats itself."""

from datetime import UTC, datetime, timedelta
from random import Random


class FakeClock:
    """Starts on a Sunday afternoon in November; `pass_time` moves it; `sleep` does too, at once."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def pass_time(self, **span: float) -> None:
        self._now += timedelta(**span)

    def sleep(self, seconds: float) -> None:
        self.pass_time(seconds=seconds)


class FakeChance:
    """Repeats itself for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)

    def token(self) -> str:
        """128 bits, as the real one: of the last character's six bits only two count."""
        most = self._random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=21)
        return "".join(most + self._random.choices("AQgw"))

    def digits(self, count: int) -> str:
        return f"{self._random.randrange(10**count):0{count}d}"
