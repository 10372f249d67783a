"""What the outbox does for payments: making a link that was slow, turning links off."""

import logging
from collections.abc import Callable

import stripe
from sqlalchemy import Connection, Engine

from bot.errors import Refused, Unavailable
from bot.names import Address, PaymentId
from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import payment
from handlers.ledger.transactions import transact
from handlers.outbox.parcel import Delivery
from handlers.payments.making import LinkMaker, Observe, short_link, unobserved
from handlers.payments.records import Record, by_id, give_up
from handlers.payments.state import OPEN, state
from handlers.payments.stripe_client import translated
from handlers.payments.wording import Texts

log = logging.getLogger("guestpay.payments")

# Tells a person's conversation what happened: utility, who, event. Telling twice is telling once.
Tell = Callable[[str, Address, str], object]


class MakeLink:
    """Makes the link that Stripe was too slow to make during the turn, and texts it. `maker` may wait longer."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        maker: LinkMaker,
        texts: Texts,
        public_base_url: str,
        observe: Observe = unobserved,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._maker = maker
        self._texts = texts
        self._observe = observe
        self._base = public_base_url.rstrip("/")

    def carry(self, delivery: Delivery) -> str | None:
        """Make it, if it is still wanted; the link's id. Raises Unavailable, or Refused once the person is told."""
        record = _record(self._engine, delivery)
        if record.link_id is not None:
            return record.link_id
        named = state(record, self._clock.now())
        if named == "expired":
            self._tell_that_there_is_none(record)
        if named != "requested":
            return None
        try:
            made = self._maker.make(record, self._text)
        except Refused:
            self._observe("refused")
            self._tell_that_there_is_none(record)
            raise
        self._observe("made")
        return made.link_id

    def _text(self, connection: Connection, record: Record) -> None:
        if record.withdrawn_at is None:
            until = self._texts.wording.local(record, record.expires_at)
            self._texts.put(
                connection,
                record,
                "link",
                record.id.reveal(),
                self._clock.now(),
                category="link",
                until=record.expires_at,
                slots={"url": short_link(self._base, record), "until": until},
            )

    def _tell_that_there_is_none(self, record: Record) -> None:
        now = self._clock.now()

        def write(connection: Connection) -> None:
            give_up(connection, "expired_at", now, payment.c.id == record.id.reveal())
            self._texts.put(connection, record, "no_link", record.id.reveal(), now, category="link")

        transact(self._engine, self._clock, write)


class CloseLink:
    """Turns a link off at Stripe: its time is up, or it was withdrawn. `maker` asks which link it was."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        maker: LinkMaker,
        patient: stripe.StripeClient,
        tell: Tell,
        observe: Observe = unobserved,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._maker = maker
        self._client = patient
        self._tell = tell
        self._observe = observe

    def carry(self, delivery: Delivery) -> str | None:
        """Turn it off, unless money came or comes; the link's id. Raises Unavailable and Refused."""
        record = _record(self._engine, delivery)
        named = state(record, self._clock.now())
        if named in OPEN:
            raise Unavailable("its time is not up")
        if named not in ("expired", "withdrawn", "failed"):
            return None
        if named == "expired":  # first here, so that our own short link ends even if Stripe is away
            mine, now = payment.c.id == record.id.reveal(), self._clock.now()
            transact(self._engine, self._clock, lambda connection: give_up(connection, "expired_at", now, mine))
        link_id = record.link_id or self._lost_link(record)
        if link_id is None:
            return None
        with translated():
            self._client.v1.payment_links.update(link_id, {"active": False})
        if named == "withdrawn":
            self._end_visits(link_id)
        if named == "expired" and record.link_id:
            tell_safely(self._tell, record, "link_expired")
        self._observe("closed")
        return link_id

    def _lost_link(self, record: Record) -> str | None:
        """The link that Stripe may have made without our hearing of it."""
        try:
            return self._maker.ask(record).id
        except Refused as refusal:  # then there is none
            log.info("no link was ever made", extra={"reason": refusal.reason})
            return None

    def _end_visits(self, link_id: str) -> None:
        """A page that somebody has open would still take the old sum (RULES M2); one whose time is up may finish."""
        with translated():
            visits = self._client.v1.checkout.sessions.list({"payment_link": link_id, "status": "open", "limit": 100})
        for visit in visits.data:
            try:
                with translated():
                    self._client.v1.checkout.sessions.expire(visit.id)
            except Refused as refusal:  # paid or gone in this very moment: its own event tells of it
                log.info("a visit could not be ended", extra={"reason": refusal.reason})


def tell_safely(tell: Tell, record: Record, event: str) -> None:
    """Tell the conversation, after the commit. It is only a courtesy: that it failed is logged, and no more."""
    try:
        tell(record.utility, record.payer, event)
    except Exception:
        log.exception("could not tell the conversation", extra={"told": event})


def _record(engine: Engine, delivery: Delivery) -> Record:
    with reachable(), reading(engine) as connection:
        record = by_id(connection, PaymentId(delivery.parcel.body["payment"]))
    if record is None:
        raise Refused("no such payment")
    return record
