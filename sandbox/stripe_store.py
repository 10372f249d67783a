"""All of the miniature Stripe's objects, and how one reads them: singly, in pages, expanded."""

import copy
import json
import threading
from collections.abc import Callable
from typing import Any

from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError, no_such

# The word that Stripe uses in "No such …" and for the parameter, where it is not the object's own name.
SPOKEN = {"payment_link": "payment link", "balance_transaction": "balance transaction"}


class Store:
    """Objects by id, in the order they were made. `lock` keeps what belongs together together."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._things: dict[str, Thing] = {}
        self._kinds: dict[str, list[Thing]] = {}
        self._ranks: dict[str, int] = {}
        self._lines: dict[str, list[Thing]] = {}

    def add(self, thing: Thing) -> Thing:
        """Keep a new object."""
        self._things[thing["id"]] = thing
        self._ranks[thing["id"]] = len(self._ranks)
        self._kinds.setdefault(thing["object"], []).append(thing)
        return thing

    def get(self, kind: str, wanted: str) -> Thing:
        """The object itself. Raises StripeError if there is none of this kind and id."""
        thing = self._things.get(wanted)
        if thing is None or thing["object"] != kind:
            raise no_such(SPOKEN.get(kind, kind), wanted, kind if kind in ("payment_intent", "charge") else "id")
        return thing

    def all(self, kind: str) -> list[Thing]:
        """Every object of a kind, newest first."""
        return self._kinds.get(kind, [])[::-1]

    def set_lines(self, owner: str, lines: list[Thing]) -> None:
        """Keep the lines of a link or session."""
        self._lines[owner] = lines

    def lines(self, owner: str) -> list[Thing]:
        """The lines of a link or session."""
        return self._lines[owner]

    def shown(self, thing: Thing, expand: list[str]) -> Thing:
        """A copy to hand out, with the fields of these dotted paths put in place of their ids."""
        shown: Thing = copy.deepcopy(thing)
        for path in expand:
            self._expand(shown, path.split("."), path)
        return shown

    def _expand(self, thing: Any, steps: list[str], path: str) -> None:
        if isinstance(thing, list):
            for one in thing:
                self._expand(one, steps, path)
            return
        name, rest = steps[0], steps[1:]
        thing[name] = self._expanded(thing, name, path)
        if rest and thing[name] is not None:
            self._expand(thing[name], rest, path)

    def _expanded(self, thing: Thing, name: str, path: str) -> Any:
        if name == "line_items" and thing.get("id") in self._lines:
            return listing(self.lines(thing["id"]), f"{_address(thing)}/line_items")
        if name == "refunds" and thing.get("object") == "charge":
            made = [refund for refund in self.all("refund") if refund["charge"] == thing["id"]]
            return listing(made, f"/v1/charges/{thing['id']}/refunds")
        value = thing.get(name)
        if isinstance(value, str) and value in self._things:
            return copy.deepcopy(self._things[value])
        if name not in thing or isinstance(value, str):
            raise StripeError(400, f"This property cannot be expanded ({path}).", "", "expand")
        return value

    def page(self, things: list[Thing], params: Thing, url: str) -> Thing:
        """One page of `things`, as `limit`, `starting_after`, `ending_before`, `created` and `expand` say."""
        things = [thing for thing in things if _created(thing, params.get("created"))]
        size = params.get("limit", 10)
        if not 1 <= size <= 100:
            word = "small" if size < 1 else "large"
            raise StripeError(
                400, f"This value must be between 1 and 100 (it is too {word}).", "parameter_invalid_integer", "limit"
            )
        start, end = 0, len(things)
        if cursor := params.get("starting_after"):
            start = self._before(things, cursor, "starting_after", itself=True)
        if cursor := params.get("ending_before"):
            end = self._before(things, cursor, "ending_before", itself=False)
            start = max(0, end - size)
        chosen = things[start:end][:size]
        more = start > 0 if params.get("ending_before") else start + size < end
        expand = [path.removeprefix("data.") for path in params.get("expand", [])]
        return listing([self.shown(thing, expand) for thing in chosen], url, more)

    def _before(self, things: list[Thing], cursor: str, param: str, itself: bool) -> int:
        """How many of `things`, newest first, come before the cursor, which need not be among them any more."""
        ids = [thing["id"] for thing in things]
        if cursor in ids:
            return ids.index(cursor) + itself
        if cursor not in self._ranks:
            raise no_such("object", cursor, param)
        return sum(self._ranks.get(one, -1) > self._ranks[cursor] for one in ids)


def listing(things: list[Thing], url: str, has_more: bool = False) -> Thing:
    """Stripe's list object."""
    return {"object": "list", "data": copy.deepcopy(things), "has_more": has_more, "url": url}


def _address(thing: Thing) -> str:
    folder = "payment_links" if thing["object"] == "payment_link" else "checkout/sessions"
    return f"/v1/{folder}/{thing['id']}"


_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": int.__gt__,
    "gte": int.__ge__,
    "lt": int.__lt__,
    "lte": int.__le__,
}


def _created(thing: Thing, wanted: Any) -> bool:
    if wanted is None:
        return True
    bounds = wanted if isinstance(wanted, dict) else {"gte": wanted, "lte": wanted}
    try:
        return all(_COMPARE[name](thing["created"], int(value)) for name, value in bounds.items())
    except (KeyError, ValueError):
        raise StripeError(400, f"Invalid created: {json.dumps(wanted)}", "", "created") from None
