"""The objects of a payment once somebody pays: payment intent and charge."""

from typing import Any

from sandbox.mint import Mint
from sandbox.stripe_objects import Thing
from sandbox.stripe_payers import BANK, CARD, address


def payment_intent(mint: Mint, link: Thing, session: Thing, method: str) -> Thing:
    """The attempt to get the money, made when a person first presses Pay."""
    intent = mint.id("pi_3")
    data: Thing = link["payment_intent_data"] or {}
    return {
        "id": intent,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent}_secret_{mint.id('', 25)}",
        "confirmation_method": "automatic",
        "created": mint.now(),
        "currency": session["currency"],
        "customer": None,
        "customer_account": None,
        "description": data.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": dict(data.get("metadata", {})),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {method: {}},
        "payment_method_types": list(session["payment_method_types"]),
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def charge(mint: Mint, intent: Thing, method: str, status: str, billing_name: str, url_base: str) -> Thing:
    """One try to take money. `status` is succeeded, pending or failed."""
    made = mint.id("ch_3" if method == "card" else "py_3")
    details: dict[str, Any] = {"card": CARD} if method == "card" else {"us_bank_account": BANK}
    return {
        "id": made,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status == "succeeded" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": address(), "email": None, "name": billing_name, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": "PRAIRIE LIGHT",
        "captured": status != "failed",
        "created": mint.now(),
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": outcome(status),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": mint.id("pm_1"),
        "payment_method_details": {**details, "type": method},
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": f"{url_base}/receipts/{made}" if status == "succeeded" else None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": status,
        "transfer_data": None,
        "transfer_group": None,
    }


def outcome(status: str) -> Thing:
    """What the card network said."""
    good = status != "failed"
    return {
        "advice_code": None if good else "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None if good else "05",
        "network_status": "approved_by_network" if good else "declined_by_network",
        "reason": None if good else "generic_decline",
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete." if good else "The bank did not return any further details.",
        "type": "authorized" if good else "issuer_declined",
    }
