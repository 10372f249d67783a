"""How an operation of the miniature Stripe is written, and the acts that most of them share: read one, list, update."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.stripe_link_maker import merged
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import Shape
from sandbox.stripe_till import Till

Cause = tuple[str, str | None]
Act = Callable[..., Thing]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method and path. `act` gets the till, the parameters, the request's id and key, the path's ids."""

    method: str
    pattern: str
    shape: Shape
    act: Act


def one(till: Till, thing: Thing, params: Thing) -> Thing:
    """An object as it is handed out."""
    return till.store.shown(thing, params.get("expand", []))


def get(kind: str) -> Act:
    """Reads one object."""

    def act(till: Till, params: Thing, _cause: Cause, wanted: str) -> Thing:
        return one(till, till.store.get(kind, wanted), params)

    return act


def listed(kind: str, url: str, filters: tuple[str, ...] = ()) -> Act:
    """Lists objects of a kind, in pages, those whose fields are as the parameters of these names say."""

    def act(till: Till, params: Thing, _cause: Cause) -> Thing:
        wanted = {name: params[name] for name in filters if name in params}
        things = [thing for thing in till.store.all(kind) if all(thing[name] == wanted[name] for name in wanted)]
        return till.store.page(things, params, url)

    return act


def lines(kind: str, folder: str) -> Act:
    """Lists what a link or a session is made of."""

    def act(till: Till, params: Thing, _cause: Cause, owner: str) -> Thing:
        till.store.get(kind, owner)
        return till.store.page(till.store.lines(owner), params, f"/v1/{folder}/{owner}/line_items")

    return act


def update_metadata(kind: str) -> Act:
    """Changes the metadata of an object."""

    def act(till: Till, params: Thing, _cause: Cause, wanted: str) -> Thing:
        thing = till.store.get(kind, wanted)
        thing["metadata"] = merged(thing["metadata"], params.get("metadata", {}))
        return one(till, thing, params)

    return act


def list_events(till: Till, params: Thing, _cause: Cause) -> Thing:
    """Lists what happened, of one type or of several."""
    wanted = set(params.get("types", [])) | ({params["type"]} if "type" in params else set())
    events = [event for event in till.store.all("event") if not wanted or event["type"] in wanted]
    return till.store.page(events, params, "/v1/events")


def list_moved(till: Till, params: Thing, _cause: Cause) -> Thing:
    """Lists balance transactions; `payout` means those that it paid out, and itself."""
    wanted = {name: params[name] for name in ("type", "source", "currency") if name in params}
    moved = [one for one in till.store.all("balance_transaction") if all(one[name] == wanted[name] for name in wanted)]
    if "payout" in params:
        till.store.get("payout", params["payout"])
        moved = [one for one in moved if till.paid_out.get(one["id"]) == params["payout"]]
    return till.store.page(moved, params, "/v1/balance_transactions")


def balance(till: Till, _params: Thing, _cause: Cause) -> Thing:
    """What lies at Stripe."""
    return till.balance()
