"""Which operations the miniature Stripe has, and what each one does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox import stripe_shapes as shapes
from sandbox.stripe_link_maker import merged
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import Shape
from sandbox.stripe_till import Till

Cause = tuple[str, str | None]
Act = Callable[..., Thing]
ID = "([^/]+)"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method and path. `act` gets the till, the parameters, the request's id and key, the path's ids."""

    method: str
    pattern: str
    shape: Shape
    act: Act


def _one(till: Till, thing: Thing, params: Thing) -> Thing:
    return till.store.shown(thing, params.get("expand", []))


def _create_link(till: Till, params: Thing, _cause: Cause) -> Thing:
    return _one(till, till.links.make(params), params)


def _update_link(till: Till, params: Thing, _cause: Cause, link: str) -> Thing:
    return _one(till, till.links.change(till.store.get("payment_link", link), params), params)


def _list_links(till: Till, params: Thing, _cause: Cause) -> Thing:
    links = till.store.all("payment_link")
    if "active" in params:
        links = [link for link in links if link["active"] == params["active"]]
    return till.store.page(links, params, "/v1/payment_links")


def _expire_session(till: Till, params: Thing, _cause: Cause, session: str) -> Thing:
    return _one(till, till.expire(till.store.get("checkout.session", session)), params)


def _create_refund(till: Till, params: Thing, cause: Cause) -> Thing:
    return _one(till, till.refund(params, cause), params)


def _list_events(till: Till, params: Thing, _cause: Cause) -> Thing:
    wanted = set(params.get("types", [])) | ({params["type"]} if "type" in params else set())
    events = [event for event in till.store.all("event") if not wanted or event["type"] in wanted]
    return till.store.page(events, params, "/v1/events")


def _get(kind: str) -> Act:
    def act(till: Till, params: Thing, _cause: Cause, wanted: str) -> Thing:
        return _one(till, till.store.get(kind, wanted), params)

    return act


def _list(kind: str, url: str, filters: tuple[str, ...] = ()) -> Act:
    def act(till: Till, params: Thing, _cause: Cause) -> Thing:
        wanted = {name: params[name] for name in filters if name in params}
        things = [thing for thing in till.store.all(kind) if all(thing[name] == wanted[name] for name in wanted)]
        return till.store.page(things, params, url)

    return act


def _lines(kind: str, folder: str) -> Act:
    def act(till: Till, params: Thing, _cause: Cause, owner: str) -> Thing:
        till.store.get(kind, owner)
        return till.store.page(till.store.lines(owner), params, f"/v1/{folder}/{owner}/line_items")

    return act


def _update_metadata(kind: str) -> Act:
    def act(till: Till, params: Thing, _cause: Cause, wanted: str) -> Thing:
        thing = till.store.get(kind, wanted)
        thing["metadata"] = merged(thing["metadata"], params.get("metadata", {}))
        return _one(till, thing, params)

    return act


def _table() -> list[Operation]:
    metadata: dict[str, Any] = {"metadata": "map", **shapes.EXPAND}
    by_intent = {"payment_intent": "text", **shapes.DATED_PAGE}
    rows: list[tuple[str, str, Shape, Act]] = [
        ("POST", "payment_links", shapes.LINK_CREATE, _create_link),
        ("GET", "payment_links", {"active": "bool", **shapes.PAGE}, _list_links),
        ("GET", f"payment_links/{ID}", shapes.EXPAND, _get("payment_link")),
        ("POST", f"payment_links/{ID}", shapes.LINK_UPDATE, _update_link),
        ("GET", f"payment_links/{ID}/line_items", shapes.PAGE, _lines("payment_link", "payment_links")),
        ("GET", "checkout/sessions", shapes.SESSION_LIST, _list_sessions),
        ("GET", f"checkout/sessions/{ID}", shapes.EXPAND, _get("checkout.session")),
        ("GET", f"checkout/sessions/{ID}/line_items", shapes.PAGE, _lines("checkout.session", "checkout/sessions")),
        ("POST", f"checkout/sessions/{ID}/expire", shapes.EXPAND, _expire_session),
        ("GET", "payment_intents", shapes.DATED_PAGE, _list("payment_intent", "/v1/payment_intents")),
        ("GET", f"payment_intents/{ID}", shapes.EXPAND, _get("payment_intent")),
        ("POST", f"payment_intents/{ID}", metadata, _update_metadata("payment_intent")),
        ("GET", "charges", by_intent, _list("charge", "/v1/charges", ("payment_intent",))),
        ("GET", f"charges/{ID}", shapes.EXPAND, _get("charge")),
        ("POST", "refunds", shapes.REFUND_CREATE, _create_refund),
        (
            "GET",
            "refunds",
            {"charge": "text", **by_intent},
            _list("refund", "/v1/refunds", ("charge", "payment_intent")),
        ),
        ("GET", f"refunds/{ID}", shapes.EXPAND, _get("refund")),
        ("POST", f"refunds/{ID}", metadata, _update_metadata("refund")),
        ("GET", "events", {"type": "text", "types": ["text"], **shapes.DATED_PAGE}, _list_events),
        ("GET", f"events/{ID}", shapes.EXPAND, _get("event")),
        ("GET", f"balance_transactions/{ID}", shapes.EXPAND, _get("balance_transaction")),
        ("GET", "balance_transactions", shapes.DATED_PAGE, _list("balance_transaction", "/v1/balance_transactions")),
        ("GET", f"products/{ID}", shapes.EXPAND, _get("product")),
        ("GET", f"prices/{ID}", shapes.EXPAND, _get("price")),
    ]
    return [Operation(method, f"/v1/{pattern}", shape, act) for method, pattern, shape, act in rows]


_list_sessions = _list("checkout.session", "/v1/checkout/sessions", ("payment_link", "payment_intent", "status"))
OPERATIONS = _table()
