"""The parameters that each operation of the miniature Stripe takes: those it gives effect to, under Stripe's names.

A parameter of the real Stripe that is not here is refused as unknown, rather than taken and quietly ignored.
"""

from sandbox.stripe_params import Shape

METHODS = frozenset({"card", "us_bank_account"})
EXPAND: Shape = {"expand": ["text"]}
PAGE: Shape = {"limit": "int", "starting_after": "text", "ending_before": "text", **EXPAND}
DATED_PAGE: Shape = {"created": "filter", **PAGE}

_AFTER: Shape = {
    "type!": frozenset({"hosted_confirmation", "redirect"}),
    "hosted_confirmation": {"custom_message": "text"},
    "redirect": {"url!": "text"},
}
_CUSTOM_TEXT: Shape = {"submit": {"message!": "text"}, "after_submit": {"message!": "text"}}
_RESTRICTIONS: Shape = {"completed_sessions!": {"limit!": "int"}}
_PRICE: Shape = {
    "currency!": "text",
    "product": "text",
    "product_data": {
        "name!": "text",
        "description": "text",
        "metadata": "map",
        "images": ["text"],
        "tax_code": "text",
        "unit_label": "text",
    },
    "tax_behavior": frozenset({"exclusive", "inclusive", "unspecified"}),
    "unit_amount": "int",
}

LINK_CREATE: Shape = {
    "line_items!": [{"price": "text", "price_data": _PRICE, "quantity!": "int"}],
    "after_completion": _AFTER,
    "allow_promotion_codes": "bool",
    "billing_address_collection": frozenset({"auto", "required"}),
    "currency": "text",
    "custom_text": _CUSTOM_TEXT,
    "customer_creation": frozenset({"always", "if_required"}),
    "inactive_message": "text",
    "metadata": "map",
    "payment_intent_data": {"description": "text", "metadata": "map", "statement_descriptor": "text"},
    "payment_method_types": [METHODS],
    "phone_number_collection": {"enabled!": "bool"},
    "restrictions": _RESTRICTIONS,
    "submit_type": frozenset({"auto", "book", "donate", "pay", "subscribe"}),
    **EXPAND,
}
LINK_UPDATE: Shape = {
    "active": "bool",
    "after_completion": _AFTER,
    "custom_text": _CUSTOM_TEXT,
    "inactive_message": "text",
    "metadata": "map",
    "payment_intent_data": {"description": "text", "metadata": "map", "statement_descriptor": "text"},
    "payment_method_types": [METHODS],
    "restrictions": _RESTRICTIONS,
    **EXPAND,
}
SESSION_LIST: Shape = {
    "payment_link": "text",
    "payment_intent": "text",
    "status": frozenset({"complete", "expired", "open"}),
    **DATED_PAGE,
}
REFUND_CREATE: Shape = {
    "amount": "int",
    "charge": "text",
    "payment_intent": "text",
    "metadata": "map",
    "reason": frozenset({"duplicate", "fraudulent", "requested_by_customer"}),
    **EXPAND,
}
PAYOUT_LIST: Shape = {
    "status": frozenset({"canceled", "failed", "in_transit", "paid", "pending"}),
    **DATED_PAGE,
}
MOVED_LIST: Shape = {"currency": "text", "payout": "text", "source": "text", "type": "text", **DATED_PAGE}
