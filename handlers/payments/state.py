"""Where a payment is, derived from its facts: a fact is set once and never taken back, so the state never goes back."""

from datetime import datetime

from bot.ports import PaymentState
from handlers.payments.records import Record

# The furthest fact that is there gives the state. Money comes before what we did to the link: a payment that was made
# at the last moment counts, whether or not the link was turned off meanwhile.
_FURTHEST_FIRST: tuple[tuple[PaymentState, str], ...] = (
    ("charged_back", "charged_back_at"),
    ("refunded", "refunded_at"),
    ("posted", "posted_at"),
    ("paid", "paid_at"),
    ("failed", "failed_at"),
    ("pending", "pending_at"),
    ("withdrawn", "withdrawn_at"),
    ("expired", "expired_at"),
)
OPEN: frozenset[PaymentState] = frozenset({"requested", "link_sent", "opened"})


def state(record: Record, now: datetime) -> PaymentState:
    """The state at `now`. A link past its time is expired before anybody has got round to writing it down."""
    for name, fact in _FURTHEST_FIRST:
        if getattr(record, fact) is not None:
            return name
    if record.expires_at <= now:
        return "expired"
    if record.opened_at is not None:
        return "opened"
    return "requested" if record.linked_at is None else "link_sent"


def since(record: Record, now: datetime) -> datetime:
    """The instant at which `state` became so."""
    named = state(record, now)
    for name, fact in (*_FURTHEST_FIRST, ("opened", "opened_at"), ("link_sent", "linked_at")):
        if name == named:
            at: datetime | None = getattr(record, fact)
            return at or record.expires_at
    return record.requested_at
