"""What came of a line or of a journal: differences, each with its cause in plain words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.money import Money
from bot.names import PaymentId

What = Literal[
    "missing here",  # Stripe moved money, the ledger does not know of it
    "missing at Stripe",  # the ledger says that money moved at Stripe, and Stripe does not
    "sums differ",
    "unknown kind",  # a kind of movement that we do not post
    "not of this mode",  # test money among real money, or an object of another account
]


@dataclass(frozen=True, slots=True)
class Difference:
    """Stripe and the ledger do not say the same. `key` is the statement line's id or the journal's cause.

    `about` is what to look up at Stripe; `why` is for a person to read. `money` is what Stripe says, or, where Stripe
    says nothing, what the ledger says.
    """

    what: What
    key: str
    about: str
    money: Money
    at: datetime
    why: str
    payment_id: PaymentId | None = None

    @property
    def ticket(self) -> str:
        """The cause of its ticket: the same difference opens one."""
        return f"difference:{self.what}:{self.key}"[:120]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person may want to know and need not do anything about: repaired, or not decided yet."""

    about: str
    money: Money | None
    why: str
