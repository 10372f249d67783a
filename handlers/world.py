"""The real clock and the real randomness: with the counterparts, the only places that touch the world."""

import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This instant, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class SystemChance:
    """The operating system's cryptographic randomness."""

    def token(self) -> str:
        """128 bits, as 22 URL-safe characters."""
        return secrets.token_urlsafe(16)

    def digits(self, count: int) -> str:
        """Uniform decimal digits."""
        return f"{secrets.randbelow(10**count):0{count}d}"
