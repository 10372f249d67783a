"""Payouts: what Stripe pays out of our balance to the utility's bank, and what the bank would not take."""

from datetime import UTC, datetime

import stripe
from sqlalchemy import Connection

from bot.money import Money
from bot.ports import Clock
from handlers.ledger.journal import Line, post
from handlers.payments.event import Event
from handlers.payments.stripe_client import translated
from handlers.payments.verdict import Verdict
from handlers.payments.wording import Wording, day_of

TYPES = frozenset(f"payout.{event}" for event in ("created", "updated", "paid", "failed", "canceled"))


class Payouts:
    """Applies fetched payouts to the ledger, each inside the caller's transaction: in any order, once."""

    types = TYPES

    def __init__(self, clock: Clock, wording: Wording) -> None:
        self._clock = clock
        self._wording = wording

    def fetch(self, client: stripe.StripeClient, event: Event) -> stripe.Payout:
        """The payout as it is now."""
        with translated():
            return client.v1.payouts.retrieve(event.object_id)

    def apply(self, connection: Connection, event: Event, payout: stripe.Payout) -> Verdict:
        """Post what left our balance, which it does when the payout is made, and what came back to it.

        It counts for the day on which it was made, or came back. One payout is of all utilities together.
        """
        now, money = self._clock.now(), Money(payout.amount, payout.currency.upper())
        made, came_back = (
            day_of(min(at, now), None, self._wording.utilities)
            for at in (datetime.fromtimestamp(payout.created, UTC), event.created)
        )
        out = [Line("stripe", -money), Line("bank", money)]
        if payout.balance_transaction is not None:
            post(connection, f"payout:{payout.id}", out, now, made)
        if payout.failure_balance_transaction is not None:
            back = [Line(line.book, -line.money) for line in out]
            post(connection, f"payout_back:{payout.id}", back, now, came_back)
        if payout.status == "failed":
            return Verdict("applied", "payout failed", ticket="payout_failed", money=money)
        return Verdict("applied", "payout")
