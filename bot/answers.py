"""What a person can be heard to say: the results of `bot.hearing`."""

from dataclasses import dataclass
from typing import Literal

from bot.money import Money


@dataclass(frozen=True, slots=True)
class Choice:
    """A numbered choice of a menu, 1 to 9."""

    number: int


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that was written out, always above zero, in the utility's currency."""

    money: Money


@dataclass(frozen=True, slots=True)
class Portion:
    """A share of what is owed, named in words. "current": what is new on the latest bill."""

    of: Literal["full", "half", "past_due", "current", "minimum"]


@dataclass(frozen=True, slots=True)
class HouseAndZip:
    """The house number and ZIP of a service address. `house` is folded: digits and capital letters ("1423B")."""

    house: str
    zip: str


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A one-time key as typed: six to eight ASCII digits. Never printed."""

    digits: str

    def __repr__(self) -> str:
        return "<Key>"


@dataclass(frozen=True, slots=True)
class PrintedBill:
    """The amount and due date as printed on the bill; the year may be left out."""

    amount: Money
    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One of the words that a step lists, such as RESEND or BILL, in its English capital form."""

    name: str
