"""Payment links and the checkout sessions that visits to them open."""

from sandbox.mint import Mint
from sandbox.stripe_objects import DAY, Thing


def payment_link(mint: Mint, data: Thing, currency: str, url_base: str) -> Thing:
    """A link from the parameters of its creation."""
    plink = mint.id("plink_1")
    limit = data.get("restrictions", {}).get("completed_sessions", {}).get("limit")
    return {
        "id": plink,
        "object": "payment_link",
        "active": True,
        "after_completion": after_completion(data.get("after_completion")),
        "allow_promotion_codes": data.get("allow_promotion_codes", False),
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": data.get("billing_address_collection", "auto"),
        "consent_collection": None,
        "currency": currency,
        "custom_fields": [],
        "custom_text": custom_text(data.get("custom_text", {})),
        "customer_creation": data.get("customer_creation", "if_required"),
        "inactive_message": data.get("inactive_message"),
        "invoice_creation": None,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "on_behalf_of": None,
        "payment_intent_data": intent_data(data["payment_intent_data"]) if "payment_intent_data" in data else None,
        "payment_method_collection": "always",
        "payment_method_types": data.get("payment_method_types"),
        "phone_number_collection": data.get("phone_number_collection", {"enabled": False}),
        "restrictions": {"completed_sessions": {"count": 0, "limit": limit}} if limit is not None else None,
        "shipping_address_collection": None,
        "shipping_options": [],
        "submit_type": data.get("submit_type", "auto"),
        "subscription_data": None,
        "tax_id_collection": {"enabled": False, "required": "never"},
        "transfer_data": None,
        "url": f"{url_base}/pay/{plink}",
    }


def after_completion(data: Thing | None) -> Thing:
    """What follows a payment."""
    if data and data["type"] == "redirect":
        return {"type": "redirect", "redirect": {"url": data["redirect"]["url"]}}
    message = (data or {}).get("hosted_confirmation", {}).get("custom_message")
    return {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": message}}


def custom_text(data: Thing) -> Thing:
    """Words of our own on the page."""
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {place: data.get(place) for place in places}


def intent_data(data: Thing) -> Thing:
    """What the link hands on to the payment intent."""
    return {
        "capture_method": None,
        "description": data.get("description"),
        "metadata": data.get("metadata", {}),
        "setup_future_usage": None,
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": None,
        "transfer_group": None,
    }


def checkout_session(mint: Mint, link: Thing, total: int, url_base: str) -> Thing:
    """A visit to a link: open for a day. Its metadata is the link's."""
    session = mint.id("cs_test_a1", 58)
    return {
        "id": session,
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": link["allow_promotion_codes"],
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": link["billing_address_collection"],
        "cancel_url": None,
        "client_reference_id": None,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": mint.now(),
        "currency": link["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict(link["custom_text"]),
        "customer": None,
        "customer_creation": link["customer_creation"],
        "customer_details": None,
        "customer_email": None,
        "discounts": [],
        "expires_at": mint.now() + DAY,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": "auto",
        "metadata": dict(link["metadata"]),
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": link["id"],
        "payment_method_collection": "always",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": link["payment_method_types"] or ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": dict(link["phone_number_collection"]),
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": link["submit_type"],
        "subscription": None,
        "success_url": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{url_base}/checkout/{session}",
        "wallet_options": None,
    }
