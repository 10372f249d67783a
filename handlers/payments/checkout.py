"""Checkout sessions: somebody paid, is paying from a bank account, or could not (RULES M2, M5, S5).

Whatever Stripe took is posted, once a charge: to the account that our reference names if the sum is the one we asked
for, else apart, with a ticket. In whatever order events come, and however often, the end is the same.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import stripe
from sqlalchemy import Connection, update

from bot.money import Money
from bot.names import PaymentId
from bot.ports import Clock
from handlers.ledger.journal import Line, post, receivable
from handlers.ledger.tables import account, payment
from handlers.payments import charges, visit
from handlers.payments.changed import withdraw_excessive
from handlers.payments.charges import Charge
from handlers.payments.earlier import take_over
from handlers.payments.event import Event
from handlers.payments.records import Record, by_id, hold_accounts, mark
from handlers.payments.surplus import Surplus, divide
from handlers.payments.telling import Telling
from handlers.payments.verdict import Verdict
from handlers.payments.visit import Visit
from handlers.payments.wording import Wording, day_of

COMPLETED = "checkout.session.completed"
SUCCEEDED = "checkout.session.async_payment_succeeded"
FAILED = "checkout.session.async_payment_failed"
_AWAITED = timedelta(hours=1)  # so long after paying somebody looks at their phone; later, it is told by day (RULES W9)
FOUND = "charge.found"  # our own: reconciliation met a charge that the ledger does not know
TYPES = frozenset({COMPLETED, SUCCEEDED, FAILED, FOUND, "checkout.session.expired"})


class Checkouts:
    """Applies fetched visits to our payments, each inside the caller's transaction."""

    types = TYPES

    def __init__(self, clock: Clock, wording: Wording, telling: Telling, surplus: Surplus) -> None:
        self._clock = clock
        self._wording = wording
        self._telling = telling
        self._surplus = surplus

    def fetch(self, client: stripe.StripeClient, event: Event) -> Visit:
        """The visit as it is now, whatever the event says."""
        return (visit.of_charge if event.type == FOUND else visit.of_session)(client, event.object_id)

    def apply(self, connection: Connection, event: Event, fetched: Visit) -> Verdict:
        """Post what was paid; else tell the payer how it stands. A visit that nobody paid means nothing."""
        record = _held(connection, fetched.reference)
        ours = record is not None and fetched.total == record.total
        if record and ours and event.type == COMPLETED and record.method == "bank":
            mark(connection, record.id, "pending_at", self._instant(event, record))
        if fetched.outcome == "paid":
            return self._paid(connection, event, record, fetched)
        if fetched.outcome == "left":
            return Verdict("ignored", "a visit ended", record)
        if fetched.outcome == "unclear":
            return Verdict("parked", "neither paid nor being paid", record)
        if record is None or not ours:
            return Verdict("ignored", "not what we asked for, and no money came", record)
        if fetched.outcome == "failed" or event.type == FAILED:
            return self._failed(connection, event, record, fetched)
        return self._pending(connection, event, record, fetched)

    def _paid(self, connection: Connection, event: Event, record: Record | None, fetched: Visit) -> Verdict:
        assert fetched.charge and fetched.total, "a paid visit has both"
        at = self._instant(event, record, fetched.taken_at)
        taken = Charge(
            id=fetched.charge,
            session=fetched.session,
            intent=fetched.intent,
            payment_id=record.id if record else None,
            account_id=record.account_id if record else None,
            total=fetched.total,
            kind=_kind(record, fetched.total),
            taken_at=at,
        )
        if record and take_over(connection, record, taken, self._clock.now()):
            return Verdict("applied", "known from before charges were kept", record)
        if not charges.keep(connection, taken):
            return Verdict("applied", "known already", record)
        if record is None or taken.kind == "differs":
            return self._apart(connection, record, taken)
        return self._settled(connection, event, record, taken)

    def _apart(self, connection: Connection, record: Record | None, taken: Charge) -> Verdict:
        """Money that we did not ask for: on nobody's bill until a person has looked, and never lost."""
        lines = [
            Line("stripe", taken.total, taken.account_id, taken.payment_id),
            Line("unapplied", -taken.total, taken.account_id, taken.payment_id),
        ]
        self._post(connection, record, taken, lines)
        if record is None:
            return Verdict("applied", "no payment of ours", None, None, "unknown_payment", taken.total, taken.id)
        mark(connection, record.id, "held_at", taken.taken_at)
        self._telling.differs(connection, record, taken, self._clock.now())
        return Verdict("applied", "another sum than ours", record, None, "sum_differs", taken.total, taken.id)

    def _settled(self, connection: Connection, event: Event, record: Record, taken: Charge) -> Verdict:
        now, second = self._clock.now(), taken.kind == "second"
        owed = Money(receivable(connection, record.account_id), record.amount.currency)
        went_back = record.refunded_at or record.charged_back_at
        division = divide(record, owed, second and not went_back)
        before = self._surplus.payer_before(connection, record.account_id, now)
        self._post(connection, record, taken, self._surplus.lines(connection, record, division))
        if not second:
            mark(connection, record.id, "paid_at", taken.taken_at)
            _keep_ids(connection, record, taken.session, taken.intent)
        withdraw_excessive(connection, [record.account_id], now)
        if division.surplus:
            self._surplus.settle(connection, record, taken.id, division.surplus, before, now)
        remains = Money(receivable(connection, record.account_id), record.amount.currency)
        back = self._surplus.policy(record) == "refund"
        awaited = event.type == COMPLETED and now - taken.taken_at < _AWAITED
        self._telling.paid(connection, record, taken, division, back, remains, now, awaited)
        if second:
            return Verdict("applied", "paid again after it went back" if went_back else "paid a second time", record)
        return Verdict("applied", "paid" if division.bill else "paid, and nothing was owed", record, "paid")

    def _pending(self, connection: Connection, event: Event, record: Record, fetched: Visit) -> Verdict:
        if record.paid_at or record.failed_at:
            return Verdict("applied", "pending, and decided already", record)
        if record.pending_at is None:
            mark(connection, record.id, "pending_at", self._instant(event, record))
            _keep_ids(connection, record, fetched.session, fetched.intent)
            self._telling.pending(connection, record, self._clock.now())
        return Verdict("applied", "pending", record, "payment_pending")

    def _failed(self, connection: Connection, event: Event, record: Record, fetched: Visit) -> Verdict:
        if record.paid_at:
            return Verdict("applied", "failed, but paid otherwise", record)
        if record.checkout_session not in (None, fetched.session) and not record.failed_at:
            return Verdict("applied", "failed, and another debit is on its way", record)
        mark(connection, record.id, "failed_at", self._instant(event, record))
        self._telling.failed(connection, record, self._clock.now())
        return Verdict("applied", "failed", record, "payment_failed")

    def _post(self, connection: Connection, record: Record | None, taken: Charge, lines: Sequence[Line]) -> None:
        on = day_of(taken.taken_at, record, self._wording.utilities)
        post(connection, f"paid:{taken.id}", lines, self._clock.now(), on, charge_id=taken.id)

    def _instant(self, event: Event, record: Record | None, taken_at: datetime | None = None) -> datetime:
        """When it happened: Stripe may tell us three days later (M6), and the payment still counts from its own day.

        A debit may show in Stripe's balance before the bank has paid.
        """
        at = taken_at or event.created
        at = min(max(at, event.created) if event.type == SUCCEEDED else at, self._clock.now())
        return max(record.requested_at, at) if record else at


def _held(connection: Connection, reference: PaymentId | None) -> Record | None:
    """The payment of this reference, its account and itself held against others until the transaction ends."""
    found = by_id(connection, reference) if reference else None
    if found is None:
        return None
    hold_accounts(connection, account.c.id == found.account_id)
    return by_id(connection, found.id, hold=True)


def _kind(record: Record | None, total: Money) -> charges.Kind:
    if record is None:
        return "stranger"
    if total != record.total:
        return "differs"
    return "second" if record.paid_at else "applied"


def _keep_ids(connection: Connection, record: Record, session: str | None, intent: str | None) -> None:
    values = {"checkout_session": session, "payment_intent": intent}
    connection.execute(update(payment).where(payment.c.id == record.id.reveal()).values(values))
