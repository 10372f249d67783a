"""Who pays at the miniature Stripe: one card, one bank account, one name."""

from sandbox.stripe_objects import Thing

CARD = {
    "amount_authorized": None,
    "authorization_code": None,
    "brand": "visa",
    "checks": {"address_line1_check": None, "address_postal_code_check": "pass", "cvc_check": "pass"},
    "country": "US",
    "exp_month": 12,
    "exp_year": 2034,
    "fingerprint": "aSandboxCardPrint",
    "funding": "credit",
    "installments": None,
    "last4": "4242",
    "mandate": None,
    "network": "visa",
    "network_token": {"used": False},
    "network_transaction_id": None,
    "regulated_status": "unregulated",
    "three_d_secure": None,
    "wallet": None,
}
BANK = {
    "account_holder_type": "individual",
    "account_type": "checking",
    "bank_name": "STRIPE TEST BANK",
    "fingerprint": "aSandboxBankPrint",
    "last4": "6789",
    "payment_reference": None,
    "routing_number": "110000000",
}
DECLINED = "Your card was declined."
BOUNCED = "The customer's bank account has insufficient funds to cover this payment."


def payer(name: str) -> Thing:
    """Who paid, as a session's `customer_details`."""
    return {
        "address": address(),
        "business_name": None,
        "email": f"{name.split()[0].lower()}@example.com",
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def address() -> Thing:
    """The little that a payer tells of where they live."""
    return {"city": None, "country": "US", "line1": None, "line2": None, "postal_code": "62701", "state": None}
