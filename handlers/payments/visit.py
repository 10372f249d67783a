"""A visit to Stripe's page, as far as we believe it: how it ended, what it took, and which payment of ours it names.

Fetched, never taken from an event (RULES S5), with the payment intent, its charge and the balance's line about it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import stripe

from bot.errors import Unavailable
from bot.money import Money
from bot.names import PaymentId
from handlers.payments.link_request import reference_in
from handlers.payments.stripe_client import translated

Outcome = Literal[
    "paid",
    "pending",  # a bank has been asked, or the payer still has to show that the bank account is theirs
    "failed",
    "left",  # it ran out, and nobody paid
    "unclear",
]
_FAILED = ("requires_payment_method", "canceled")


@dataclass(frozen=True, slots=True)
class Visit:
    """`session` is the checkout session; None for a charge that none led to. `total` None: nothing is asked for.

    `reference` is the payment of ours that it names, if it names one. Once it is paid there is a `charge`; `taken_at`
    is when the money came into our balance, None as long as Stripe has not written that down.
    """

    session: str | None
    outcome: Outcome
    reference: PaymentId | None
    total: Money | None
    intent: str | None
    charge: str | None
    taken_at: datetime | None


def of_session(client: stripe.StripeClient, session_id: str) -> Visit:
    """The visit of this checkout session as it is now.

    Raises Unavailable while Stripe has not made up its mind: paid, and no charge yet. Raises NotThere, Refused.
    """
    with translated():
        session = client.v1.checkout.sessions.retrieve(
            session_id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        )
    intent = session.payment_intent if isinstance(session.payment_intent, stripe.PaymentIntent) else None
    charge = intent.latest_charge if intent and isinstance(intent.latest_charge, stripe.Charge) else None
    outcome = _outcome(session, intent)
    if outcome == "paid" and charge is None:
        raise Unavailable("paid, and no charge yet")
    return Visit(
        session=session.id,
        outcome=outcome,
        reference=reference_in(session.metadata),  # on the link, and so on all its visits (RULES M4)
        total=_money(session.amount_total, session.currency),
        intent=intent.id if intent else None,
        charge=charge.id if charge else None,
        taken_at=_taken_at(charge),
    )


def of_charge(client: stripe.StripeClient, charge_id: str) -> Visit:
    """The visit that led to this charge; or the charge alone, if no checkout session did.

    Raises Unavailable, NotThere, Refused.
    """
    with translated():
        charge = client.v1.charges.retrieve(charge_id, {"expand": ["balance_transaction"]})
        intent = charge.payment_intent if isinstance(charge.payment_intent, str) else None
        found = client.v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data if intent else []
    if found:
        return of_session(client, found[0].id)
    return Visit(
        session=None,
        outcome="paid" if charge.status == "succeeded" else "unclear",
        reference=None,
        total=_money(charge.amount, charge.currency),
        intent=intent,
        charge=charge.id,
        taken_at=_taken_at(charge),
    )


def _outcome(session: stripe.checkout.Session, intent: stripe.PaymentIntent | None) -> Outcome:
    if session.payment_status == "paid":
        return "paid" if intent else "unclear"  # a subscription's session has an invoice in its place
    if session.status == "expired":
        return "left"
    if session.status != "complete" or session.payment_status != "unpaid" or intent is None:
        return "unclear"
    if intent.status == "succeeded":
        raise Unavailable("between unpaid and paid")
    return "failed" if intent.status in _FAILED else "pending"


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency.upper()) if minor is not None and currency else None


def _taken_at(charge: stripe.Charge | None) -> datetime | None:
    """From the balance: for a debit it tells the day that the money came. Stripe writes it down up to an hour late."""
    line = charge.balance_transaction if charge else None
    return datetime.fromtimestamp(line.created, UTC) if isinstance(line, stripe.BalanceTransaction) else None
