"""Making a payment's link, with no transaction open while Stripe works; and turning links off again."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

import stripe
from sqlalchemy import ColumnElement, Connection, Engine, update

from bot.names import PaymentId
from bot.ports import Clock
from handlers.ledger.reach import reachable
from handlers.ledger.tables import account, payment
from handlers.outbox.parcel import Parcel, put
from handlers.payments.link_request import idempotency_key, link_request
from handlers.payments.records import Record, by_id, give_up, hold_accounts
from handlers.payments.stripe_client import Spoiled, translated
from handlers.payments.wording import Wording
from handlers.sealing import Sealer

Also = Callable[[Connection, Record], None]
Observe = Callable[[str], None]
Why = Literal["time", "withdrawn"]


def unobserved(_result: str) -> None:
    """Nobody counts."""


class LinkMaker:
    """Has Stripe make a link, then writes it down together with the parcel that will turn it off in time.

    Only now is an older link of the same person for the same account turned off: until there is a new one it works.
    """

    def __init__(
        self, engine: Engine, clock: Clock, sealer: Sealer, client: stripe.StripeClient, wording: Wording
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._sealer = sealer
        self._client = client
        self._wording = wording

    def make(self, record: Record, also: Also | None = None) -> Record:
        """The record with its link. `also` joins the transaction that writes it down.

        A crash at any point is put right by doing it again: Stripe gives the same link for the same key.
        Raises Slow, Unavailable, Refused.
        """
        try:
            with translated():
                link = self._client.v1.payment_links.create(
                    link_request(record, self._wording), {"idempotency_key": idempotency_key(record)}
                )
        except Spoiled:
            self._new_key(record)
            raise
        with reachable(), self._engine.begin() as connection:
            return self._write(connection, record, link, also)

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
        put(connection, self._sealer, close_parcel(after, "time", now if given_up else until), now)
        if not given_up:
            withdraw(connection, self._sealer, now, *_older(after))
        if also:
            also(connection, after)
        return after

    def _new_key(self, record: Record) -> None:
        mine = (payment.c.id == record.id.reveal(), payment.c.version == record.version)
        with reachable(), self._engine.begin() as connection:
            connection.execute(update(payment).where(*mine).values(version=record.version + 1))


def _older(record: Record) -> Sequence[ColumnElement[bool]]:
    """A sum cannot be changed: a new link, and the old one off (RULES M3)."""
    return (
        payment.c.utility == record.utility,
        payment.c.payer == record.payer.reveal(),
        payment.c.account_id == record.account_id,
        payment.c.requested_at <= record.requested_at,
        payment.c.id != record.id.reveal(),
    )


def close_cause(why: Why, payment_id: PaymentId) -> str:
    """The cause of the parcel that turns this payment's link off."""
    return f"close:{why}:{payment_id.reveal()}"


def close_parcel(record: Record, why: Why, due_at: datetime) -> Parcel:
    """What turns a link off at Stripe: because its `time` is up, or because it was `withdrawn`."""
    return Parcel(
        kind="close_link",
        cause=close_cause(why, record.id),
        utility=record.utility,
        category="chore",
        body={"payment": record.id.reveal()},
        due_at=due_at,
    )


def withdraw(connection: Connection, sealer: Sealer, now: datetime, *conditions: ColumnElement[bool]) -> None:
    """Withdraw the unpaid payments that meet the conditions: our short links end at once, Stripe's by parcel."""
    for payment_id in give_up(connection, "withdrawn_at", now, *conditions):
        record = by_id(connection, payment_id)
        if record and record.link_id:
            put(connection, sealer, close_parcel(record, "withdrawn", now), now)


def short_link(public_base_url: str, record: Record) -> str:
    """The address that people are given: on the utility's own domain, never Stripe's (RULES W10)."""
    return f"{public_base_url}/p/{record.token}"
