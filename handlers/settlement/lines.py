"""A line of Stripe's statement, as far as we need it, and the pure function that says which journal says the same."""

from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from bot.money import Money

_CHARGES = frozenset({"charge", "payment"})
_REFUNDS = frozenset({"refund", "payment_refund"})
_REFUNDS_BACK = frozenset({"refund_failure", "payment_failure_refund"})
_PAYOUTS_BACK = frozenset({"payout_failure", "payout_cancel"})
_FEES = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee"})

_CHARGE_IDS, _REFUND_IDS, _DISPUTE_IDS = ("ch_", "py_"), ("re_", "pyr_"), ("dp_", "du_")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A balance transaction of Stripe's. `money` is gross; what left our balance is below zero; `fee` is above,
    or below where Stripe gives it back.

    `source` is the charge, refund, dispute or payout that it is about.
    """

    id: str
    type: str
    source: str | None
    money: Money
    fee: Money
    created_at: datetime
    available_at: datetime


def parse(transaction: stripe.BalanceTransaction) -> StatementLine:
    """The line of a balance transaction whose source was not expanded."""
    currency = transaction.currency.upper()
    return StatementLine(
        id=transaction.id,
        type=transaction.type,
        source=transaction.source if isinstance(transaction.source, str) else None,
        money=Money(transaction.amount, currency),
        fee=Money(transaction.fee, currency),
        created_at=datetime.fromtimestamp(transaction.created, UTC),
        available_at=datetime.fromtimestamp(transaction.available_on, UTC),
    )


def cause(line: StatementLine) -> str | None:
    """The cause of the journal that says the same as this line; None: a kind that we do not post.

    A failed refund comes as a type of its own or as an adjustment, and so does every dispute: the source's id tells
    them apart. One to a bank comes back under the type that it went out with: its sign tells them apart
    (docs.stripe.com/reports/balance-transaction-types, /reports/reporting-categories).
    """
    source = line.source or ""
    if line.type in _FEES:
        return cost_cause(line)
    if line.type in _CHARGES and source.startswith(_CHARGE_IDS):
        return f"paid:{source}"
    if line.type == "payment_refund" and line.money.minor > 0 and source.startswith(_REFUND_IDS):
        return f"refund_back:{source}"
    if line.type in _REFUNDS and source.startswith(_REFUND_IDS):
        return f"refund_out:{source}"
    if (line.type in _REFUNDS_BACK or line.type == "adjustment") and source.startswith(_REFUND_IDS):
        return f"refund_back:{source}"
    if line.type == "adjustment" and source.startswith(_DISPUTE_IDS):
        return f"dispute:{line.id}"
    if line.type == "payout" and source:
        return f"payout:{source}"
    if line.type in _PAYOUTS_BACK and source:
        return f"payout_back:{source}"
    return None


def failed_charge(line: StatementLine) -> str | None:
    """The charge whose money this line takes back because its bank debit failed (`payment_failure_refund`), if so."""
    source = line.source or ""
    return source if line.type == "payment_failure_refund" and source.startswith(_CHARGE_IDS) else None


def cost_cause(line: StatementLine) -> str:
    """The cause of the journal that posts what Stripe keeps of this line."""
    return f"cost:{line.id}"


def cost(line: StatementLine) -> Money:
    """What Stripe keeps: the fee of a line, or all of a line that is only a fee (one given back is below zero)."""
    return line.fee - line.money if line.type in _FEES else line.fee
