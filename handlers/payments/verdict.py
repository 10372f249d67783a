"""What we make of an event, and the face of those who judge one."""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

import stripe
from sqlalchemy import Connection

from bot.money import Money
from handlers.ledger.tickets import Kind
from handlers.payments.event import Event
from handlers.payments.records import Record


@dataclass(frozen=True, slots=True)
class Verdict:
    """Applied, ignored, or parked: we could not make sense of it. `tell` is what the payer's conversation should know.

    `ticket` opens a ticket of that kind in the same transaction, once for what the event is about; parked without one
    opens `unclear_event`. `money` and `charge_id` say what the ticket is about.
    """

    state: Literal["applied", "ignored", "parked"]
    reason: str
    record: Record | None = None
    tell: str | None = None
    ticket: Kind | None = None
    money: Money | None = None
    charge_id: str | None = None


Fetched = TypeVar("Fetched")


class Handler(Protocol[Fetched]):
    """Judges some types of events. What it fetches from Stripe, before the transaction, is all that it believes."""

    @property
    def types(self) -> frozenset[str]:
        """The types of events that it understands."""

    def fetch(self, client: stripe.StripeClient, event: Event) -> Fetched:
        """What the event is about, as it is now. Raises Unavailable, NotThere, Refused."""

    def apply(self, connection: Connection, event: Event, fetched: Fetched) -> Verdict:
        """Judge it, in the caller's transaction: posting, facts, parcels. Twice, or late, is once and in order."""
