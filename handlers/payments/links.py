"""Payment links on Stripe: `bot.ports.Payments`.

`request` has three phases, none of which holds a transaction while Stripe works: the payment is written down; Stripe
makes the link; the link is written down. A crash between any two is put right by the same request coming again.
"""

import stripe
from sqlalchemy import Engine, or_

from bot.errors import AlreadySettled, Refused, Unavailable
from bot.names import Address, PaymentId
from bot.ports import Chance, Clock, LinkComing, LinkReady, PaymentOrder, PaymentView
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import payment
from handlers.ledger.transactions import transact
from handlers.outbox.parcel import Parcel, put
from handlers.payments.closing import withdraw
from handlers.payments.making import LinkMaker, Observe, short_link, unobserved
from handlers.payments.orders import Orders
from handlers.payments.placed import whereabouts
from handlers.payments.records import Record, find
from handlers.payments.state import OPEN, PAID, since, state
from handlers.payments.stripe_client import Slow
from handlers.payments.wording import Wording
from handlers.sealing import Sealer


class StripePayments:
    """Payment links, and what became of them. `quick` is a client that gives up soon: a person waits.

    `public_base_url` is the utility's own domain, where `/p/` and `/r/` are served (RULES W10). `observe` hears what
    came of each link: "made", "late", "refused", "unavailable".
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        chance: Chance,
        sealer: Sealer,
        quick: stripe.StripeClient,
        wording: Wording,
        public_base_url: str,
        observe: Observe = unobserved,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._sealer = sealer
        self._observe = observe
        self._base = public_base_url.rstrip("/")
        self._orders = Orders(engine, clock, chance, sealer, wording.utilities)
        self._maker = LinkMaker(engine, clock, quick, wording)

    def request(self, order: PaymentOrder) -> LinkReady | LinkComing:
        """Write the payment, make the link. The same `confirmed_by` gives the same payment again.

        LinkComing: Stripe is slow, and a `make_link` parcel will text the link (RULES T3).
        Raises Unavailable when Stripe or SQL is away, Refused when Stripe says no: then the payment is given up, and
        an older link still works. Refused, too, when what was confirmed has been paid, changed or left too long
        since: an old message that comes again gets no link.
        """
        record = self._orders.write(order)
        self._check_open(record)
        if record.link_id is None:
            made = self._make(record)
            if made is None:
                return LinkComing(record.id)
            record = made
            self._check_open(record)
        return LinkReady(record.id, short_link(self._base, record), record.expires_at)

    def _check_open(self, record: Record) -> None:
        named = state(record, self._clock.now())
        if named == "withdrawn" and record.link_id is None:
            raise Unavailable("no link came of it, and none will")
        if named not in OPEN:
            raise AlreadySettled("already settled")

    def _make(self, record: Record) -> Record | None:
        """Have the link made now; None: it will be made later."""
        try:
            made = self._maker.make(record)
        except Slow:
            self._make_later(record)
            self._observe("late")
            return None
        except (Unavailable, Refused) as error:
            self._observe("refused" if isinstance(error, Refused) else "unavailable")
            self._drop(record)
            raise
        self._observe("made")
        return made

    def _drop(self, record: Record) -> None:
        """The person is told that it did not work, so no link may come of it any more: they confirm once more."""
        unmade = (payment.c.id == record.id.reveal(), payment.c.link_id.is_(None))
        transact(self._engine, self._clock, lambda connection: withdraw(connection, self._clock.now(), *unmade))

    def withdraw(self, payment_id: PaymentId) -> None:
        """Turn an unpaid link off, because the person changed their mind. A paid one is left alone."""
        mine = payment.c.id == payment_id.reveal()
        transact(self._engine, self._clock, lambda connection: withdraw(connection, self._clock.now(), mine))

    def latest(self, utility: str, payer: Address) -> PaymentView | None:
        """The last payment that this person asked for; not one that was given up before it had a link."""
        now = self._clock.now()
        known = or_(payment.c.withdrawn_at.is_(None), payment.c.link_id.is_not(None))
        with reachable(), reading(self._engine) as connection:
            record = find(connection, payment.c.utility == utility, payment.c.payer == payer.reveal(), known)
            went = whereabouts(connection, record) if record and record.paid_at else (None, None)
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
            receipt_url=f"{self._base}/r/{record.receipt_token}" if named in PAID else None,
            link_url=short_link(self._base, record) if named in OPEN and record.link_id else None,
            disputed=named in PAID and record.disputed_at is not None and record.dispute_won_at is None,
            went=went[0] if named in PAID or went[1] else None,
            apart=went[1],
        )

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
        transact(self._engine, self._clock, lambda connection: put(connection, self._sealer, parcel, now))
