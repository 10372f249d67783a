"""A dispute as it was fetched: what the payer's bank wants, and what it took and returned by now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from bot.money import Money
from handlers.payments.reversal import Matter


@dataclass(frozen=True, slots=True)
class Dispute:
    """A fetched dispute, with what it is about and when it came to be so. `moves` are its balance transactions."""

    id: str
    status: str
    money: Money
    moves: Mapping[str, Money]
    matter: Matter
    opened_at: datetime
    at: datetime

    @property
    def withdrawn(self) -> Money:
        """What was taken for it and has not been returned."""
        return sum((-money for money in self.moves.values()), Money(0, self.money.currency))

    @property
    def asks_only(self) -> bool:
        """The bank asks, and takes nothing (an inquiry)."""
        return not self.moves and (self.status.startswith("warning_") or self.status == "prevented")

    @property
    def charged_back(self) -> str:
        """The cause of the posting that takes the money from the bill."""
        return f"charged_back:{self.id}"

    @classmethod
    def read(cls, fetched: stripe.Dispute, matter: Matter, told: datetime, now: datetime) -> "Dispute":
        """What of it matters; `told` is when Stripe says it came to be so."""
        return cls(
            fetched.id,
            fetched.status,
            Money(fetched.amount, fetched.currency.upper()),
            {move.id: Money(move.amount, move.currency.upper()) for move in fetched.balance_transactions},
            matter,
            matter.instant(datetime.fromtimestamp(fetched.created, UTC), now),
            matter.instant(told, now),
        )


def won_back(move: str) -> str:
    """The cause of the posting of what came back after it had been charged back, by this balance transaction."""
    return f"won_back:{move}"
