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
