"""Stripe's events: each is taken once, fetched anew, and settled in one SQL transaction (RULES M5, M6, S5)."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import stripe
from sqlalchemy import Connection, Engine, select, update

from bot.errors import Refused, Unavailable
from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.journal import inserting
from handlers.ledger.reach import reachable
from handlers.ledger.tables import stripe_event
from handlers.ledger.tickets import Ticket, open_ticket
from handlers.ledger.transactions import transact
from handlers.payments.carriers import Tell, tell_safely
from handlers.payments.checkout import Checkouts
from handlers.payments.disputes import Disputes
from handlers.payments.event import Event
from handlers.payments.mailed import MailedReceipts
from handlers.payments.payouts import Payouts
from handlers.payments.refunds import Refunds
from handlers.payments.stripe_client import NotThere
from handlers.payments.surplus import Surplus
from handlers.payments.telling import Telling
from handlers.payments.verdict import Handler, Verdict
from handlers.payments.wording import Texts, Wording
from handlers.sealing import Sealer

log = logging.getLogger("guestpay.payments")

Judge = Callable[[Connection], Verdict]


class Events:
    """Takes events. `live` is the mode of our API key; `patient` fetches what an event is about.

    `tell` lets the payer's conversation know, after the commit; `observe` hears the state a payment reached.
    `mail`: email goes out here, so that receipts may; they lead to `public_base_url`.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        sealer: Sealer,
        patient: stripe.StripeClient,
        wording: Wording,
        live: bool,
        tell: Tell,
        observe: Callable[[str], None],
        public_base_url: str,
        mail: bool,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._client = patient
        self._live = live
        self._tell = tell
        self._observe = observe
        texts = Texts(wording, sealer)
        mailed = MailedReceipts(wording, sealer, public_base_url) if mail else None
        handlers: Sequence[Handler[Any]] = (
            Checkouts(clock, wording, Telling(texts, mailed), Surplus(wording, texts, sealer)),
            Refunds(clock, wording, texts),
            Disputes(clock, wording, texts),
            Payouts(clock, wording),
        )
        self._handlers = {kind: handler for handler in handlers for kind in handler.types}

    def take(self, event: Event) -> None:
        """Settle it, once however often it comes. Raises Unavailable when SQL or Stripe is away: Stripe comes again."""
        with reachable():
            if self._known(event):
                return
        judge = self._judge(event)
        verdict = transact(self._engine, self._clock, lambda connection: self._settle(connection, event, judge))
        if verdict is None:
            return
        if verdict.state == "parked":
            log.error("stripe event parked: a person must look", extra={"type": event.type, "reason": verdict.reason})
        if verdict.record and verdict.tell:
            self._observe(verdict.tell.removeprefix("payment_"))
            tell_safely(self._tell, verdict.record, verdict.tell)

    def _known(self, event: Event) -> bool:
        with reading(self._engine) as connection:
            return connection.scalar(select(stripe_event.c.id).where(stripe_event.c.id == event.id)) is not None

    def _judge(self, event: Event) -> Judge:
        """How the event will be judged: with what it is about already fetched, for no transaction waits for Stripe."""
        if event.live is not self._live:
            return lambda _: Verdict("ignored", "not the mode of our key")
        handler = self._handlers.get(event.type)
        if handler is None:
            return lambda _: Verdict("ignored", "not a type we use")
        try:
            fetched = handler.fetch(self._client, event)
        except NotThere:
            return lambda _: Verdict("parked", "Stripe knows no such object")
        except Refused as refusal:  # our key or our request is wrong: the money is real, so let Stripe come again
            log.exception("stripe refused a fetch")
            raise Unavailable("Stripe refused a fetch") from refusal
        return lambda connection: handler.apply(connection, event, fetched)

    def _settle(self, connection: Connection, event: Event, judge: Judge) -> Verdict | None:
        """Claim the event, judge it, write the judgement down: all of it or nothing. None if it was claimed before."""
        claim = {
            "id": event.id,
            "type": event.type,
            "object_id": event.object_id,
            "received_at": self._clock.now(),
            "state": "ignored",
            "reason": "",
        }
        claiming = inserting(connection, stripe_event).values(claim).on_conflict_do_nothing()
        if connection.scalar(claiming.returning(stripe_event.c.id)) is None:
            return None
        verdict = judge(connection)
        payment_id = verdict.record.id.reveal() if verdict.record else None
        values = {"state": verdict.state, "reason": verdict.reason, "payment_id": payment_id}
        connection.execute(update(stripe_event).where(stripe_event.c.id == event.id).values(values))
        if verdict.ticket or verdict.state == "parked":
            open_ticket(connection, _ticket(event, verdict), self._clock.now())
        return verdict


def _ticket(event: Event, verdict: Verdict) -> Ticket:
    """What a person has to look at: one ticket for each kind of trouble with one object."""
    kind, record = verdict.ticket or "unclear_event", verdict.record
    return Ticket(
        kind=kind,
        cause=f"{kind}:{event.object_id}"[:120],
        object_id=event.object_id,
        money=verdict.money,
        payment_id=record.id if record else None,
        account_id=record.account_id if record else None,
        charge_id=verdict.charge_id,
    )
