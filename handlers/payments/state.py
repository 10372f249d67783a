"""Where a payment is, derived from its facts: a fact is set once and never taken back, so the state never goes back."""

from datetime import datetime
from typing import get_args

from bot.ports import PaymentState
from handlers.payments.records import Record

# The one order of all states, each with its fact: the furthest fact that is there gives the state. Money comes after
# what we did to the link: a payment made at the last moment counts, whether or not the link was turned off meanwhile.
FORWARD: tuple[tuple[PaymentState, str], ...] = (
    ("requested", "requested_at"),
    ("link_sent", "linked_at"),
    ("opened", "opened_at"),
    ("expired", "expired_at"),
    ("withdrawn", "withdrawn_at"),
    ("pending", "pending_at"),
    ("failed", "failed_at"),
    ("held", "held_at"),
    ("paid", "paid_at"),
    ("posted", "posted_at"),
    ("refunded", "refunded_at"),
    ("charged_back", "charged_back_at"),
)
_PLACE = {name: place for place, (name, _) in enumerate(FORWARD)}
assert _PLACE.keys() == set(get_args(PaymentState)), "every state has its place"
PAID: frozenset[PaymentState] = frozenset({"paid", "posted"})
OPEN: frozenset[PaymentState] = frozenset({"requested", "link_sent", "opened"})


def state(record: Record, now: datetime) -> PaymentState:
    """The state at `now`. A link past its time is expired before anybody has got round to writing it down."""
    furthest = next(name for name, fact in reversed(FORWARD) if getattr(record, fact) is not None)
    return "expired" if furthest in OPEN and record.expires_at <= now else furthest


def since(record: Record, now: datetime) -> datetime:
    """The instant at which `state` became so."""
    at: datetime | None = getattr(record, FORWARD[_PLACE[state(record, now)]][1])
    return at or record.expires_at
