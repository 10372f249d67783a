"""Payment links on Stripe: `bot.ports.Payments`.

`request` has three phases, none of which holds a transaction while Stripe works: the payment is written down; Stripe
makes the link; the link is written down. A crash between any two is put right by the same request coming again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import stripe
from sqlalchemy import Connection, Engine, select

from bot.errors import Refused
from bot.names import Address, PaymentId
from bot.ports import Chance, Clock, LinkComing, LinkReady, PaymentOrder, PaymentView
from bot.speech import Speech
from bot.utility import Utility
from handlers.ledger.database import reading
from handlers.ledger.journal import inserting
from handlers.ledger.reach import reachable
from handlers.ledger.tables import account, payment
from handlers.outbox.parcel import Parcel, put
from handlers.payments.making import LinkMaker, withdraw
from handlers.payments.records import Record, find
from handlers.payments.state import OPEN, since, state
from handlers.payments.stripe_client import Slow
from handlers.payments.wording import Wording
from handlers.sealing import Sealer


class StripePayments:
    """Payment links, and what became of them. `quick` is a client that gives up soon: a person waits.

    `public_base_url` is the utility's own domain, where `/p/` and `/r/` are served (RULES W10).
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        chance: Chance,
        sealer: Sealer,
        quick: stripe.StripeClient,
        speech: Speech,
        utilities: Mapping[str, Utility],
        public_base_url: str,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._chance = chance
        self._sealer = sealer
        self._utilities = utilities
        self._base = public_base_url.rstrip("/")
        self._maker = LinkMaker(engine, clock, sealer, quick, Wording(speech, utilities))

    def request(self, order: PaymentOrder) -> LinkReady | LinkComing:
        """Write the payment, make the link. The same `confirmed_by` gives the same payment again.

        LinkComing: Stripe is slow, and a `make_link` parcel will text the link (RULES T3).
        Raises Unavailable when Stripe or SQL is away, Refused when Stripe says no.
        """
        with reachable():
            record = self._write(order)
        if record.link_id is None:
            try:
                record = self._maker.make(record)
            except Slow:
                with reachable():
                    self._make_later(record)
                return LinkComing(record.id)
        return LinkReady(record.id, short_link(self._base, record), record.expires_at)

    def withdraw(self, payment_id: PaymentId) -> None:
        """Turn an unpaid link off, because the person changed their mind. A paid one is left alone."""
        with reachable(), self._engine.begin() as connection:
            withdraw(connection, self._sealer, self._clock.now(), payment.c.id == payment_id.reveal())

    def latest(self, utility: str, payer: Address) -> PaymentView | None:
        """The last payment that this person asked for."""
        now = self._clock.now()
        with reachable(), reading(self._engine) as connection:
            record = find(connection, payment.c.utility == utility, payment.c.payer == payer.reveal())
        if record is None:
            return None
        named = state(record, now)
        return PaymentView(
            id=record.id,
            state=named,
            last4=record.last4,
            amount=record.amount,
            fee=record.fee,
            method=record.method,
            at=since(record, now),
            receipt_url=f"{self._base}/r/{record.receipt_token}" if named in ("paid", "posted") else None,
            link_url=short_link(self._base, record) if named in OPEN and record.link_id else None,
        )

    def _write(self, order: PaymentOrder) -> Record:
        now = self._clock.now()
        with self._engine.begin() as connection:
            # One order at a time for an account, so that of two links of one person the older is always turned off.
            # Entries only refer to the account: this lock does not keep a webhook from posting.
            one = select(account.c.id).where(account.c.id == order.account_id)
            connection.execute(one.with_for_update(key_share=True))
            payment_id = self._payment_id(order)
            new = connection.scalar(
                inserting(connection, payment)
                .values(self._row(order, payment_id, now))
                .on_conflict_do_nothing(index_elements=[payment.c.confirmed_by])
                .returning(payment.c.id)
            )
            if new:
                self._withdraw_older(connection, order, payment_id, now)
            record = find(connection, payment.c.confirmed_by == order.confirmed_by)
        assert record is not None, "it is there, or the insert raised"
        if (record.utility, record.payer, record.account_id) != (order.utility, order.payer, order.account_id):
            raise Refused("this message confirmed another person's payment")
        return record

    def _payment_id(self, order: PaymentOrder) -> PaymentId:
        digest = self._sealer.digest("payment", f"{order.confirmed_by}\0{order.session_id}")
        return PaymentId(f"pay_{digest.hex()[:32]}")

    def _row(self, order: PaymentOrder, payment_id: PaymentId, now: datetime) -> dict[str, object]:
        return {
            "id": payment_id.reveal(),
            "utility": order.utility,
            "account_id": order.account_id,
            "payer": order.payer.reveal(),
            "language": order.language,
            "amount": order.amount.minor,
            "fee": order.fee.minor,
            "balance": order.balance.minor,
            "currency": order.amount.currency,
            "method": order.method,
            "version": 1,
            "confirmed_by": order.confirmed_by,
            "token": self._chance.token(),
            "receipt_token": self._chance.token(),
            "requested_at": now,
            "expires_at": now + timedelta(minutes=self._utilities[order.utility].link_minutes),
        }

    def _withdraw_older(self, connection: Connection, order: PaymentOrder, new: PaymentId, now: datetime) -> None:
        """A sum cannot be changed: a new link, and the old one off (RULES M3)."""
        older = (
            payment.c.utility == order.utility,
            payment.c.payer == order.payer.reveal(),
            payment.c.account_id == order.account_id,
            payment.c.id != new.reveal(),
        )
        withdraw(connection, self._sealer, now, *older)

    def _make_later(self, record: Record) -> None:
        now = self._clock.now()
        parcel = Parcel(
            kind="make_link",
            cause=f"make:{record.id.reveal()}",
            utility=record.utility,
            category="link",
            body={"payment": record.id.reveal()},
            due_at=now,
            recipient=record.payer.reveal(),
        )
        with self._engine.begin() as connection:
            put(connection, self._sealer, parcel, now)


def short_link(public_base_url: str, record: Record) -> str:
    """The address that people are given: on the utility's own domain, never Stripe's (RULES W10)."""
    return f"{public_base_url}/p/{record.token}"
