"""Stripe's objects as its API 2026-10-28.endive prints them, each made from the few facts that matter here."""

from typing import Any

from sandbox.mint import Mint

Thing = dict[str, Any]
API_VERSION = "2026-10-28.endive"
DAY = 24 * 3600


def product(mint: Mint, data: Thing) -> Thing:
    """A product made inline, with a price."""
    return {
        "id": mint.id("prod_", 14),
        "object": "product",
        "active": True,
        "created": mint.now(),
        "default_price": None,
        "description": data.get("description"),
        "images": data.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": data.get("metadata", {}),
        "name": data["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": data.get("tax_code"),
        "type": "service",
        "unit_label": data.get("unit_label"),
        "updated": mint.now(),
        "url": None,
    }


def price(mint: Mint, data: Thing, product_id: str) -> Thing:
    """A one-time price. `unit_amount` is in minor units."""
    return {
        "id": mint.id("price_"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": mint.now(),
        "currency": data["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }


def item(mint: Mint, item_price: Thing, name: str, quantity: int) -> Thing:
    """A line of a link or of a session."""
    total = item_price["unit_amount"] * quantity
    return {
        "id": mint.id("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": item_price["currency"],
        "description": name,
        "metadata": {},
        "price": item_price,
        "quantity": quantity,
    }


def event(mint: Mint, kind: str, about: Thing, request_id: str | None, key: str | None) -> Thing:
    """Something that happened to `about` (a copy). The last two name the API request behind it."""
    return {
        "id": mint.id("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": mint.now(),
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": request_id, "idempotency_key": key},
        "type": kind,
    }


def balance_transaction(
    mint: Mint, amount: int, currency: str, source: str, kind: str, description: str | None
) -> Thing:
    """Money that moved in our balance at Stripe; a refund is below zero. Stripe's own fee: 2.9 % and 30 cents."""
    fee = round(amount * 0.029) + 30 if kind == "charge" else 0
    return {
        "id": mint.id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": mint.now() + 2 * DAY,
        "balance_type": "payments",
        "created": mint.now(),
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        if fee
        else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source,
        "status": "pending",
        "type": kind,
    }


def refund(mint: Mint, charge: Thing, amount: int, data: Thing) -> Thing:
    """Money on its way back."""
    kind = charge["payment_method_details"]["type"]
    where: Thing = {"type": kind}
    if kind == "card":
        where["card"] = {"type": "refund", "reference_status": "pending"}
    return {
        "id": mint.id("re_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": mint.now(),
        "currency": charge["currency"],
        "destination_details": where,
        "metadata": data.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": data.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
