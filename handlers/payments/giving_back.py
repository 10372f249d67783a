"""Giving back what nobody owed any more: the outbox's parcel "give_back", a refund at Stripe (RULES M2, M7)."""

import stripe
from sqlalchemy import Connection, Engine

from bot.errors import Refused, Unavailable
from bot.money import Money
from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tickets import Ticket, open_ticket
from handlers.outbox.parcel import Delivery
from handlers.payments.charges import Charge, by_id, held
from handlers.payments.stripe_client import Spoiled, translated

_CAUSE = "cause"  # the metadata key under which Stripe keeps why we sent it back
_MOST = 100  # refunds of one charge that are looked through; people make a handful


class GiveBack:
    """Sends a surplus back to whoever paid it. `patient` is a client that may wait.

    Nothing is posted here: Stripe tells of the refund, as of any other.
    """

    def __init__(self, engine: Engine, clock: Clock, patient: stripe.StripeClient) -> None:
        self._engine = engine
        self._clock = clock
        self._client = patient

    def carry(self, delivery: Delivery) -> str:
        """Have Stripe send it back, once; the refund's id. Raises Unavailable, or Refused."""
        with reachable(), reading(self._engine) as connection:
            charge = by_id(connection, str(delivery.parcel.body["charge"]))
            there = -held(connection, charge.id).get("unapplied", 0) if charge else 0
        if charge is None:
            raise Refused("no such charge")
        minor = int(delivery.parcel.body["minor"])
        if made := self._made(delivery.parcel.cause, charge):
            return made
        if there < minor:
            raise Refused("it was sent back, or put on a bill, meanwhile")
        return self._make(delivery, charge, minor)

    def given_up(self, connection: Connection, delivery: Delivery) -> None:
        """A person has to look: a ticket. Of a parcel that cannot be read its cause says which charge it is about."""
        cause, body = delivery.parcel.cause, delivery.parcel.body
        charge_id = cause.split(":")[1]
        charge = by_id(connection, charge_id)
        minor = int(body["minor"]) if body else -held(connection, charge_id).get("unapplied", 0)
        wanted = Ticket(
            kind="second_payment",
            cause=cause,
            object_id=charge_id,
            money=Money(minor, charge.total.currency) if charge else None,
            payment_id=charge.payment_id if charge else None,
            account_id=charge.account_id if charge else None,
            charge_id=charge.id if charge else None,
        )
        open_ticket(connection, wanted, self._clock.now())

    def _made(self, cause: str, charge: Charge) -> str | None:
        """The refund that an earlier try made: Stripe may have forgotten the idempotency key since (M7: 24 hours)."""
        with translated():
            made = self._client.v1.refunds.list({"charge": charge.id, "limit": _MOST}).data
        ours = (refund for refund in made if refund.metadata and refund.metadata.to_dict().get(_CAUSE) == cause)
        return next((refund.id for refund in ours), None)

    def _make(self, delivery: Delivery, charge: Charge, minor: int) -> str:
        """Ask for it. A key that Stripe answered with its own failure is spoiled: each try has one key more."""
        cause = delivery.parcel.cause
        for number in range(1, delivery.attempts + 1):
            try:
                with translated():
                    refund = self._client.v1.refunds.create(
                        {"charge": charge.id, "amount": minor, "reason": "duplicate", "metadata": {_CAUSE: cause}},
                        {"idempotency_key": f"{cause}:{number}"},
                    )
            except Spoiled:  # it may have been done all the same
                if made := self._made(cause, charge):
                    return made
                continue
            return refund.id
        raise Unavailable("Stripe failed")
