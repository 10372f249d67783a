"""Checkout sessions: somebody paid, is paying from a bank account, or could not (RULES M2, M5, S5)."""

from datetime import datetime

import stripe
from sqlalchemy import Connection, update

from bot.money import Money
from bot.names import PaymentId
from bot.ports import Clock
from handlers.ledger.journal import Line, post, receivable
from handlers.ledger.tables import account, payment
from handlers.payments.changed import withdraw_excessive
from handlers.payments.event import Event
from handlers.payments.link_request import REFERENCE
from handlers.payments.mailed import MailedReceipts
from handlers.payments.records import Record, by_id, hold_accounts, mark
from handlers.payments.stripe_client import translated
from handlers.payments.verdict import Verdict
from handlers.payments.wording import Texts, Wording

TYPES = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
    }
)


class Checkouts:
    """Applies fetched checkout sessions to our payments, each inside the caller's transaction.

    `mailed` is None where no email goes out.
    """

    types = TYPES

    def __init__(self, clock: Clock, wording: Wording, texts: Texts, mailed: MailedReceipts | None) -> None:
        self._clock = clock
        self._wording = wording
        self._texts = texts
        self._mailed = mailed

    def fetch(self, client: stripe.StripeClient, event: Event) -> stripe.checkout.Session:
        """The session as it is now."""
        with translated():
            return client.v1.checkout.sessions.retrieve(event.object_id)

    def apply(self, connection: Connection, event: Event, session: stripe.checkout.Session) -> Verdict:
        """The session as it is now decides about money, never the event's copy; the event tells pending from failed."""
        record = _our_payment(connection, session)
        if record is None:
            return Verdict("parked", "not a payment of ours")
        if (session.amount_total, session.currency) != (record.total.minor, record.total.currency.lower()):
            return Verdict("parked", "amount differs from ours", record)
        if session.payment_status == "paid":
            return self._paid(connection, event, record, session)
        if session.payment_status != "unpaid" or session.status != "complete":
            return Verdict("parked", "neither paid nor being paid", record)
        if event.type == "checkout.session.async_payment_failed":
            return self._failed(connection, event, record, session)
        return self._pending(connection, event, record, session)

    def _paid(self, connection: Connection, event: Event, record: Record, session: stripe.checkout.Session) -> Verdict:
        now, at = self._clock.now(), _instant(event, record, self._clock)
        second = record.paid_at is not None and record.checkout_session != session.id
        effective_on = at.astimezone(self._wording.utilities[record.utility].zone).date()
        lines = _second_lines(record) if second else _lines(record)
        if not post(connection, f"paid:{session.id}", lines, now, effective_on):
            return Verdict("applied", "known already", record)
        if second:
            self._texts.put(connection, record, "second_payment", session.id, now)
            return Verdict("parked", "paid a second time", record)
        mark(connection, record.id, "paid_at", at)
        _keep_ids(connection, record, session)
        withdraw_excessive(connection, [record.account_id], now)
        self._receipt(connection, record, session, awaited=event.type == "checkout.session.completed")
        if self._mailed:
            self._mailed.put(connection, record, f"paid:{session.id}", at, now)
        return Verdict("applied", "paid", record, "paid")

    def _receipt(self, connection: Connection, record: Record, session: stripe.checkout.Session, awaited: bool) -> None:
        """No link in it: the person asks for the copy, and gets its link in reply (RULES W10)."""
        remains = Money(receivable(connection, record.account_id), record.amount.currency)
        sentence = "paid" if remains.minor > 0 else "paid_with_credit" if remains.minor < 0 else "paid_in_full"
        slots = {"remains": -remains if sentence == "paid_with_credit" else remains}
        self._texts.put(connection, record, sentence, session.id, self._clock.now(), awaited=awaited, slots=slots)

    def _pending(
        self, connection: Connection, event: Event, record: Record, session: stripe.checkout.Session
    ) -> Verdict:
        if record.paid_at or record.failed_at:  # this event was overtaken by the outcome
            mark(connection, record.id, "pending_at", _instant(event, record, self._clock))
            return Verdict("applied", "pending, and decided already", record)
        if mark(connection, record.id, "pending_at", _instant(event, record, self._clock)):
            _keep_ids(connection, record, session)
            self._texts.put(connection, record, "pending", session.id, self._clock.now())
        return Verdict("applied", "pending", record, "payment_pending")

    def _failed(
        self, connection: Connection, event: Event, record: Record, session: stripe.checkout.Session
    ) -> Verdict:
        if record.paid_at:
            return Verdict("applied", "failed, but paid otherwise", record)
        mark(connection, record.id, "failed_at", _instant(event, record, self._clock))
        self._texts.put(connection, record, "failed", session.id, self._clock.now(), awaited=False)
        return Verdict("applied", "failed", record, "payment_failed")


def _our_payment(connection: Connection, session: stripe.checkout.Session) -> Record | None:
    """The payment that the session's metadata names, held against others until the transaction ends."""
    try:
        metadata = session.metadata.to_dict() if session.metadata else {}
        reference = PaymentId(str(metadata.get(REFERENCE)))
    except ValueError:
        return None
    found = by_id(connection, reference)
    if found is None:
        return None
    hold_accounts(connection, account.c.id == found.account_id)
    return by_id(connection, reference, hold=True)


def _lines(record: Record) -> list[Line]:
    lines = [
        Line("stripe", record.total, record.account_id, record.id),
        Line("receivable", -record.amount, record.account_id, record.id),
    ]
    return [*lines, Line("fees", -record.fee, record.account_id, record.id)] if record.fee else lines


def _second_lines(record: Record) -> list[Line]:
    """Money that belongs to no bill: never lost, and not silently kept, until a person decides (RULES M2)."""
    return [
        Line("stripe", record.total, record.account_id, record.id),
        Line("unapplied", -record.total, record.account_id, record.id),
    ]


def _keep_ids(connection: Connection, record: Record, session: stripe.checkout.Session) -> None:
    intent = session.payment_intent
    values = {"checkout_session": session.id, "payment_intent": intent if isinstance(intent, str) else None}
    connection.execute(update(payment).where(payment.c.id == record.id.reveal()).values(values))


def _instant(event: Event, record: Record, clock: Clock) -> datetime:
    """When it happened: Stripe may tell us three days later (M6), and the payment still counts from its own day."""
    return max(record.requested_at, min(event.created, clock.now()))
