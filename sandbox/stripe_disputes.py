"""The object of a dispute between a payer and the utility."""

from sandbox.mint import Mint
from sandbox.stripe_objects import DAY, Thing

FEE = 1500
DAYS_TO_ANSWER = 9
_EVIDENCE = """
    access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal
    customer_communication customer_email_address customer_name customer_purchase_ip customer_signature
    duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt
    refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation
    shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number
    uncategorized_file uncategorized_text
"""


def dispute(mint: Mint, charge: Thing, amount: int, inquiry: bool) -> Thing:
    """A payer told their bank that the charge is wrong. An inquiry only asks; no money moves yet.

    There is no answer to the dispute of a bank debit: it is lost from the start.
    """
    card = charge["payment_method_details"]["type"] == "card"
    case = "inquiry" if inquiry else "chargeback"
    details = {"card": {"brand": "visa", "case_type": case, "network_reason_code": "10.4"}, "type": "card"}
    return {
        "id": mint.id("dp_1"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": mint.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": mint.now() + DAYS_TO_ANSWER * DAY if card else None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4" if card else None,
        "payment_intent": charge["payment_intent"],
        **({"payment_method_details": details} if card else {}),
        "reason": "fraudulent" if card else "debit_not_authorized",
        "status": ("warning_needs_response" if inquiry else "needs_response") if card else "lost",
    }
