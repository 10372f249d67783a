"""What was left lying at Stripe: links that nobody needs any more, and bank debits that nobody heard of again."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import stripe
from sqlalchemy import Engine, select

from bot.errors import Unavailable
from bot.names import PaymentId
from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import payment
from handlers.payments.event import Event
from handlers.payments.link_request import reference_in
from handlers.payments.records import Record, by_id, reference
from handlers.payments.state import OPEN, state
from handlers.payments.stripe_client import NotThere, translated
from handlers.settlement.findings import Note
from handlers.settlement.repairs import Take

# A bank debit is decided within four business days (RULES M5); twice that, with a holiday, and somebody forgot.
PENDING_FOR = timedelta(days=10)
_PAGE = 100


class Leftovers:
    """Finds them and puts them right. `live` is the mode of our key; `take` is `Events.take`."""

    def __init__(self, engine: Engine, clock: Clock, client: stripe.StripeClient, live: bool, take: Take) -> None:
        self._engine = engine
        self._clock = clock
        self._client = client
        self._live = live
        self._take = take

    def links(self, dry_run: bool) -> list[Note]:
        """Turn off every link of ours that takes money though its payment is over, or has another link.

        A link that is not ours is left alone, and so is one whose payment may still be told of it. Raises Unavailable,
        Refused.
        """
        with translated():
            links = iter(self._client.v1.payment_links.list({"active": True, "limit": _PAGE}).auto_paging_iter())
        over: list[Note] = []
        while page := _some(links):  # all of them first: a page begins where the last one ended, and is to find it
            over += self._over(page)
        for note in () if dry_run else over:
            with translated():
                self._client.v1.payment_links.update(note.about, {"active": False})
        return over

    def _over(self, links: list[stripe.PaymentLink]) -> list[Note]:
        now = self._clock.now()
        found = []
        with reachable(), reading(self._engine) as connection:
            for link in links:
                payment_id = reference_in(link.metadata)
                record = by_id(connection, payment_id) if payment_id else None
                if record is None:
                    continue
                named = state(record, now)
                other = record.link_id not in (None, link.id)
                if other or named not in OPEN:
                    why = "has another link" if other else f"is {named.replace('_', ' ')}"
                    found.append(Note(link.id, None, f"still took money, though payment {reference(record.id)} {why}"))
        return found

    def pending(self, dry_run: bool) -> tuple[list[Note], list[Note]]:
        """Ask about bank debits that have been pending for too long: those that were decided, those that still wait.

        Raises Unavailable, Refused.
        """
        decided, waiting = [], []
        for record in self._forgotten():
            kind = self._outcome(record)
            note = Note(record.checkout_session or "", record.total, f"payment {reference(record.id)}")
            if kind is None or not (dry_run or self._taken(record, kind)):
                waiting.append(note)
            else:
                decided.append(note)
        return decided, waiting

    def _forgotten(self) -> list[Record]:
        undecided = (column.is_(None) for column in (payment.c.paid_at, payment.c.failed_at))
        since = self._clock.now() - PENDING_FOR
        with reachable(), reading(self._engine) as connection:
            ids = connection.scalars(select(payment.c.id).where(payment.c.pending_at <= since, *undecided)).all()
            found = (by_id(connection, PaymentId(each)) for each in ids)
            return [record for record in found if record and record.checkout_session]

    def _outcome(self, record: Record) -> str | None:
        """The type of event that would tell what Stripe says now; None: it has not decided, or does not know it."""
        try:
            with translated():
                session = self._client.v1.checkout.sessions.retrieve(
                    record.checkout_session or "", {"expand": ["payment_intent"]}
                )
        except NotThere:
            return None
        if session.payment_status == "paid":
            return "checkout.session.async_payment_succeeded"
        intent = session.payment_intent
        gone = isinstance(intent, stripe.PaymentIntent) and intent.status in ("requires_payment_method", "canceled")
        return "checkout.session.async_payment_failed" if gone else None

    def _taken(self, record: Record, kind: str) -> bool:
        word = kind.rsplit("_", 1)[1]
        event = Event(
            f"found:{record.id.reveal()}:{word}", kind, record.checkout_session or "", self._clock.now(), self._live
        )
        try:
            self._take(event)
        except Unavailable:
            return False
        return True


def _some(links: Iterator[stripe.PaymentLink]) -> list[stripe.PaymentLink]:
    with translated():
        return list(islice(links, _PAGE))
