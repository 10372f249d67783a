"""Which operations the miniature Stripe has, and what each one does."""

from typing import Any

from sandbox import stripe_acts as acts
from sandbox import stripe_shapes as shapes
from sandbox.stripe_acts import Act, Cause, Operation
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import Shape
from sandbox.stripe_till import Till

ID = "([^/]+)"


def _create_link(till: Till, params: Thing, _cause: Cause) -> Thing:
    return acts.one(till, till.links.make(params), params)


def _update_link(till: Till, params: Thing, _cause: Cause, link: str) -> Thing:
    return acts.one(till, till.links.change(till.store.get("payment_link", link), params), params)


def _expire_session(till: Till, params: Thing, _cause: Cause, session: str) -> Thing:
    return acts.one(till, till.expire(till.store.get("checkout.session", session)), params)


def _create_refund(till: Till, params: Thing, cause: Cause) -> Thing:
    return acts.one(till, till.refund(params, cause), params)


def _table() -> list[Operation]:
    metadata: dict[str, Any] = {"metadata": "map", **shapes.EXPAND}
    by_intent = {"payment_intent": "text", **shapes.DATED_PAGE}
    by_charge = {"charge": "text", **by_intent}
    sessions = acts.listed("checkout.session", "/v1/checkout/sessions", ("payment_link", "payment_intent", "status"))
    links = acts.listed("payment_link", "/v1/payment_links", ("active",))
    session_lines = acts.lines("checkout.session", "checkout/sessions")
    rows: list[tuple[str, str, Shape, Act]] = [
        ("POST", "payment_links", shapes.LINK_CREATE, _create_link),
        ("GET", "payment_links", {"active": "bool", **shapes.PAGE}, links),
        ("GET", f"payment_links/{ID}", shapes.EXPAND, acts.get("payment_link")),
        ("POST", f"payment_links/{ID}", shapes.LINK_UPDATE, _update_link),
        ("GET", f"payment_links/{ID}/line_items", shapes.PAGE, acts.lines("payment_link", "payment_links")),
        ("GET", "checkout/sessions", shapes.SESSION_LIST, sessions),
        ("GET", f"checkout/sessions/{ID}", shapes.EXPAND, acts.get("checkout.session")),
        ("GET", f"checkout/sessions/{ID}/line_items", shapes.PAGE, session_lines),
        ("POST", f"checkout/sessions/{ID}/expire", shapes.EXPAND, _expire_session),
        ("GET", "payment_intents", shapes.DATED_PAGE, acts.listed("payment_intent", "/v1/payment_intents")),
        ("GET", f"payment_intents/{ID}", shapes.EXPAND, acts.get("payment_intent")),
        ("POST", f"payment_intents/{ID}", metadata, acts.update_metadata("payment_intent")),
        ("GET", "charges", by_intent, acts.listed("charge", "/v1/charges", ("payment_intent",))),
        ("GET", f"charges/{ID}", shapes.EXPAND, acts.get("charge")),
        ("POST", "refunds", shapes.REFUND_CREATE, _create_refund),
        ("GET", "refunds", by_charge, acts.listed("refund", "/v1/refunds", ("charge", "payment_intent"))),
        ("GET", f"refunds/{ID}", shapes.EXPAND, acts.get("refund")),
        ("POST", f"refunds/{ID}", metadata, acts.update_metadata("refund")),
        ("GET", "disputes", by_charge, acts.listed("dispute", "/v1/disputes", ("charge", "payment_intent"))),
        ("GET", f"disputes/{ID}", shapes.EXPAND, acts.get("dispute")),
        ("GET", "payouts", shapes.PAYOUT_LIST, acts.listed("payout", "/v1/payouts", ("status",))),
        ("GET", f"payouts/{ID}", shapes.EXPAND, acts.get("payout")),
        ("GET", "balance", shapes.EXPAND, acts.balance),
        ("GET", "balance_transactions", shapes.MOVED_LIST, acts.list_moved),
        ("GET", f"balance_transactions/{ID}", shapes.EXPAND, acts.get("balance_transaction")),
        ("GET", "events", {"type": "text", "types": ["text"], **shapes.DATED_PAGE}, acts.list_events),
        ("GET", f"events/{ID}", shapes.EXPAND, acts.get("event")),
        ("GET", f"products/{ID}", shapes.EXPAND, acts.get("product")),
        ("GET", f"prices/{ID}", shapes.EXPAND, acts.get("price")),
    ]
    return [Operation(method, f"/v1/{pattern}", shape, act) for method, pattern, shape, act in rows]


OPERATIONS = _table()
