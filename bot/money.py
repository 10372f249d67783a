"""Money: whole minor units and a currency, never a float."""

import re
from dataclasses import dataclass

_DECIMAL = re.compile(r"(-?)(\d{1,12})\.(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: `minor` units (cents) of `currency` (three capital letters). May be negative: a credit.

    Raises TypeError for anything but a whole number, ValueError when currencies are mixed.
    """

    minor: int
    currency: str = "USD"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is a whole number of minor units")
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise ValueError("a currency is three capital letters")

    @classmethod
    def parse(cls, text: str, currency: str = "USD") -> "Money":
        """Read the decimal text of files and APIs ("84.20", "-3.00"). Raises ValueError for any other form."""
        found = _DECIMAL.fullmatch(text)
        if not found:
            raise ValueError("an amount is written like 84.20")
        sign, whole, cents = found.groups()
        minor = int(whole) * 100 + int(cents)
        return cls(-minor if sign else minor, currency)

    def decimal(self) -> str:
        """The text of files and APIs: "84.20"; `Money.parse` reads it back."""
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{abs(self.minor) // 100}.{abs(self.minor) % 100:02d}"

    def half(self) -> "Money":
        """Half, an odd cent rounded up, so that two halves never leave a cent owing."""
        return Money(-(-self.minor // 2), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError("two currencies do not mix")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0
