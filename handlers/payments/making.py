"""Making a payment's link, with no transaction open while Stripe works."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import stripe
from sqlalchemy import ColumnElement, Connection, Engine, update

from bot.ports import Clock
from handlers.ledger.tables import account, payment
from handlers.ledger.transactions import transact
from handlers.payments.closing import close_later, withdraw
from handlers.payments.link_request import idempotency_key, link_request
from handlers.payments.records import Record, by_id, hold_accounts
from handlers.payments.stripe_client import Spoiled, translated
from handlers.payments.wording import Wording

Also = Callable[[Connection, Record], None]
Observe = Callable[[str], None]


def unobserved(_result: str) -> None:
    """Nobody counts."""


class LinkMaker:
    """Has Stripe make a link, then writes it down, and when it will be turned off.

    Only now is an older link of the same person for the same account turned off: until there is a new one it works.
    """

    def __init__(self, engine: Engine, clock: Clock, client: stripe.StripeClient, wording: Wording) -> None:
        self._engine = engine
        self._clock = clock
        self._client = client
        self._wording = wording

    def make(self, record: Record, also: Also | None = None) -> Record:
        """The record with its link. `also` joins the transaction that writes it down.

        A crash at any point is put right by doing it again. Raises Slow, Unavailable, Refused.
        """
        link = self.ask(record)
        return transact(self._engine, self._clock, lambda connection: self._write(connection, record, link, also))

    def ask(self, record: Record) -> stripe.PaymentLink:
        """Stripe's link for this payment: the same one however often it is asked. Raises Slow, Unavailable, Refused."""
        try:
            with translated():
                return self._client.v1.payment_links.create(
                    link_request(record, self._wording), {"idempotency_key": idempotency_key(record)}
                )
        except Spoiled:
            self._new_key(record)
            raise

    def _write(self, connection: Connection, record: Record, link: stripe.PaymentLink, also: Also | None) -> Record:
        now = self._clock.now()
        hold_accounts(connection, account.c.id == record.account_id)
        before = by_id(connection, record.id, hold=True)
        assert before is not None, "a payment is never deleted"
        if before.link_id is not None:  # somebody else asked at the same time, and got the same link
            return before
        minutes = self._wording.utilities[before.utility].link_minutes
        # A link that came slowly still lives its whole time; one that comes after its time stays expired.
        until = now + timedelta(minutes=minutes) if before.expires_at > now else before.expires_at
        values = {"link_id": link.id, "link_url": link.url, "linked_at": now, "expires_at": until}
        connection.execute(update(payment).where(payment.c.id == record.id.reveal()).values(values))
        after = by_id(connection, record.id)
        assert after is not None
        given_up = after.withdrawn_at is not None or after.expired_at is not None
        if not given_up:
            close_later(connection, after.id, until)
            withdraw(connection, now, *_older(after))
        if also:
            also(connection, after)
        return after

    def _new_key(self, record: Record) -> None:
        mine = (payment.c.id == record.id.reveal(), payment.c.version == record.version)
        newer = update(payment).where(*mine).values(version=record.version + 1)
        transact(self._engine, self._clock, lambda connection: connection.execute(newer))


def _older(record: Record) -> Sequence[ColumnElement[bool]]:
    """A sum cannot be changed: a new link, and the old one off (RULES M3)."""
    return (
        payment.c.utility == record.utility,
        payment.c.payer == record.payer.reveal(),
        payment.c.account_id == record.account_id,
        payment.c.requested_at <= record.requested_at,
        payment.c.id != record.id.reveal(),
    )


def short_link(public_base_url: str, record: Record) -> str:
    """The address that people are given: on the utility's own domain, never Stripe's (RULES W10)."""
    return f"{public_base_url}/p/{record.token}"
