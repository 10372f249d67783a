"""What was missed is taken once more, by the same door as any event of Stripe's: what has one safe answer."""

from collections.abc import Callable
from dataclasses import dataclass

import stripe
from sqlalchemy import Engine, select

from bot.errors import Unavailable
from bot.names import PaymentId
from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import stripe_event
from handlers.payments.event import Event
from handlers.payments.link_request import reference_in
from handlers.payments.stripe_client import NotThere, translated
from handlers.settlement.books import moved
from handlers.settlement.findings import What
from handlers.settlement.lines import StatementLine, cause, failed_charge

Take = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Missed:
    """An event that never came, or that nothing came of: `type`, about `object_id`."""

    type: str
    object_id: str
    payment_id: PaymentId | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """Nothing is decided yet: a bank debit whose line is there before its money."""

    why: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """The line needs no journal: another line takes it back. `cause` is kept with it."""

    cause: str


@dataclass(frozen=True, slots=True)
class Beyond:
    """No one safe answer."""

    what: What
    why: str
    payment_id: PaymentId | None = None


Plan = Missed | Waits | Nothing | Beyond

# What Stripe would have told us, by the kind of the journal that is missing.
_EVENTS = {
    "refund_out": "refund.created",
    "refund_back": "refund.failed",
    "payout": "payout.paid",
    "payout_back": "payout.failed",
}
_ELSEWHERE = "Stripe does not show it to our key: it is of another account, or of the other mode"


class Repairs:
    """Finds out what was missed, and takes it. `live` is the mode of our key; `take` is `Events.take`."""

    def __init__(self, engine: Engine, clock: Clock, client: stripe.StripeClient, live: bool, take: Take) -> None:
        self._engine = engine
        self._clock = clock
        self._client = client
        self._live = live
        self._take = take

    def plan(self, line: StatementLine) -> Plan:
        """What to do about a line that no journal says the same as. Asks Stripe, changes nothing.

        Raises Unavailable, Refused.
        """
        kind, _, object_id = (cause(line) or "").partition(":")
        if charge := failed_charge(line):
            return self._charge(charge, line)
        if kind == "paid":
            return self._charge(object_id, line)
        if kind == "dispute":
            went = line.money.minor < 0
            how = "withdrawn" if went else "reinstated"
            return Missed(f"charge.dispute.funds_{how}", line.source or "")
        if kind in _EVENTS:
            return Missed(_EVENTS[kind], object_id)
        return Beyond("unknown kind", f"we do not post a line of the kind {line.type}")

    def _charge(self, charge_id: str, line: StatementLine) -> Plan:
        try:
            with translated():
                charge = self._client.v1.charges.retrieve(charge_id)
        except NotThere:
            return Beyond("not of this mode", _ELSEWHERE)
        payment_id = reference_in(charge.metadata)
        if charge.livemode is not self._live:
            return Beyond("not of this mode", "it is test money among real money, or the other way round", payment_id)
        if charge.status == "pending":
            return Waits("the payer's bank has not decided yet")
        if charge.status == "failed" and not self._posted(charge_id):
            return Nothing(f"failed:{charge_id}")  # a line came before its money, and a second one takes it back
        if failed_charge(line):
            return Beyond("unknown kind", "the bank took back a payment that had succeeded", payment_id)
        session = self._session(charge)
        if session is None:
            return Missed("charge.found", charge_id, payment_id)
        return Missed("checkout.session.completed", session, payment_id)

    def _posted(self, charge_id: str) -> bool:
        wanted = f"paid:{charge_id}"
        with reachable(), reading(self._engine) as connection:
            return wanted in moved(connection, [wanted])

    def _session(self, charge: stripe.Charge) -> str | None:
        """The checkout session that the charge was paid in, if any."""
        if not isinstance(charge.payment_intent, str):
            return None
        with translated():
            found = self._client.v1.checkout.sessions.list({"payment_intent": charge.payment_intent, "limit": 100})
        paid = sorted(found.data, key=lambda session: session.payment_status != "paid")
        return paid[0].id if paid else None

    def carry_out(self, line: StatementLine, missed: Missed) -> bool:
        """Take what was missed; False if it could not be settled now, though Stripe answers otherwise.

        An event is taken once. One of ours that was taken on another day, and of which nothing came, is tried again.
        """
        event_id = f"found:{line.id}"
        with reachable(), reading(self._engine) as connection:
            if connection.scalar(select(stripe_event.c.id).where(stripe_event.c.id == event_id)):
                event_id = f"{event_id}:{self._clock.now():%Y%m%d}"
        try:
            self._take(Event(event_id, missed.type, missed.object_id, line.created_at, self._live))
        except Unavailable:
            return False
        return True
