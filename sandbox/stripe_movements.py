"""The objects of money that moves in our balance at Stripe: balance transactions, refunds, payouts."""

from sandbox.mint import Mint
from sandbox.stripe_objects import DAY, Thing

# How Stripe files each type in its reports (docs.stripe.com/reports/reporting-categories); others go by their name.
_REPORTED = {
    "payment": "charge",
    "payment_refund": "refund",
    "payment_failure_refund": "charge_failure",
    "payout_failure": "payout_reversal",
}
_SLOW = ("charge", "payment")


def processing_fee(amount: int, kind: str) -> int:
    """What Stripe keeps: 2.9 % and 30 cents of a card charge, 0.8 % of a bank debit but $5.00 at most, else nothing."""
    if kind == "charge":
        return (amount * 29 + 500) // 1000 + 30
    return min((amount * 8 + 500) // 1000, 500) if kind == "payment" else 0


def balance_transaction(
    mint: Mint, amount: int, currency: str, source: str, kind: str, description: str | None, fee: int = 0
) -> Thing:
    """Money that moved; what went out is below zero. What came in is pending for two days, all else available at once.

    `fee` is kept by Stripe on top: a dispute's. The processing fee comes by itself.
    """
    fee = fee or processing_fee(amount, kind)
    why = "Dispute fee" if kind == "adjustment" else "Stripe processing fees"
    slow = kind in _SLOW
    return {
        "id": mint.id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": mint.now() + (2 * DAY if slow else 0),
        "balance_type": "payments",
        "created": mint.now(),
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {"amount": fee, "application": None, "currency": currency, "description": why, "type": "stripe_fee"}
        ]
        if fee
        else [],
        "net": amount - fee,
        "reporting_category": _category(kind, amount),
        "source": source,
        "status": "pending" if slow else "available",
        "type": kind,
    }


def _category(kind: str, amount: int) -> str:
    if kind == "adjustment":
        return "dispute" if amount < 0 else "dispute_reversal"
    if kind == "payment_refund" and amount > 0:
        return "refund_failure"
    return _REPORTED.get(kind, kind)


def refund(mint: Mint, charge: Thing, amount: int, data: Thing) -> Thing:
    """Money on its way back: a card's is there at once, a bank's takes days."""
    kind = charge["payment_method_details"]["type"]
    where: Thing = {"type": kind}
    more: Thing = {"pending_reason": "processing"}
    if kind == "card":
        where["card"], more = {"type": "refund", "reference_status": "pending"}, {}
    return {
        "id": mint.id("re_3" if kind == "card" else "pyr_1"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": mint.now(),
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": where,
        "metadata": data.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        **more,
        "reason": data.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded" if kind == "card" else "pending",
        "transfer_reversal": None,
    }


def payout(mint: Mint, amount: int, currency: str) -> Thing:
    """All that was available, on its way to the utility's bank account."""
    return {
        "id": mint.id("po_1"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": mint.now() + 2 * DAY,
        "automatic": True,
        "balance_transaction": None,
        "created": mint.now(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": mint.id("ba_1"),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
