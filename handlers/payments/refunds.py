"""Refunds: a whole one of one of our payments is put back into the ledger; any other waits for a person (RULES M11)."""

import stripe
from sqlalchemy import Connection

from bot.ports import Clock
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import payment
from handlers.payments.event import Event
from handlers.payments.records import Record, find, mark
from handlers.payments.stripe_client import translated
from handlers.payments.verdict import Verdict
from handlers.payments.wording import Texts, Wording

TYPES = frozenset({"refund.created", "refund.updated", "refund.failed"})


class Refunds:
    """Applies fetched refunds to our payments, each inside the caller's transaction."""

    types = TYPES

    def __init__(self, clock: Clock, wording: Wording, texts: Texts) -> None:
        self._clock = clock
        self._wording = wording
        self._texts = texts

    def fetch(self, client: stripe.StripeClient, event: Event) -> stripe.Refund:
        """The refund as it is now."""
        with translated():
            return client.v1.refunds.retrieve(event.object_id)

    def apply(self, connection: Connection, _event: Event, refund: stripe.Refund) -> Verdict:
        """Reverse what the payment posted, once the money is on its way back for sure."""
        intent = refund.payment_intent
        record = find(connection, payment.c.payment_intent == intent, hold=True) if isinstance(intent, str) else None
        if record is None or record.paid_at is None:
            return Verdict("parked", "refund of no payment of ours")
        if refund.status in ("pending", "requires_action"):
            return Verdict("ignored", "refund not final yet", record)
        if refund.status != "succeeded":
            return Verdict("parked", "refund failed", record)
        if (refund.amount, refund.currency) != (record.total.minor, record.total.currency.lower()):
            return Verdict("parked", "refund of a part", record)
        now = self._clock.now()
        effective_on = now.astimezone(self._wording.utilities[record.utility].zone).date()
        if not post(connection, f"refund:{refund.id}", _reversed(record), now, effective_on):
            return Verdict("applied", "known already", record)
        mark(connection, record.id, "refunded_at", now)
        self._texts.put(connection, record, "refunded", refund.id, now, awaited=False)
        return Verdict("applied", "refunded", record)


def _reversed(record: Record) -> list[Line]:
    lines = [
        Line("stripe", -record.total, record.account_id, record.id),
        Line("receivable", record.amount, record.account_id, record.id),
    ]
    return [*lines, Line("fees", record.fee, record.account_id, record.id)] if record.fee else lines
