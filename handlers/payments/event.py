"""A Stripe event as far as we believe it: what kind, about which object, when. The rest is fetched (RULES S5)."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

_ID = re.compile(r"[A-Za-z0-9_]{1,100}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9_.]{1,80}", re.ASCII)
_LAST_SECOND = 4_102_444_800  # the year 2100


class Malformed(Exception):
    """Not an event of Stripe's."""


@dataclass(frozen=True, slots=True)
class Event:
    """`object_id` is what it is about; `live` whether that is real money."""

    id: str
    type: str
    object_id: str
    created: datetime
    live: bool


def parse(body: bytes) -> Event:
    """Read a webhook's body, strictly. Raises Malformed: no JSON, bad Unicode, or not the shape of an event."""
    try:
        document = json.loads(body.decode("utf-8"))
        inner = document["data"]["object"]
        kind, event_id, event_type = document["object"], document["id"], document["type"]
        # An account's own events (balance.available) are about an object that has no id.
        object_id, created, live = inner.get("id", "none"), document["created"], document["livemode"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed("not the shape of an event") from error
    fits = (
        kind == "event"
        and _matches(_ID, event_id)
        and _matches(_TYPE, event_type)
        and _matches(_ID, object_id)
        and type(live) is bool
        and type(created) is int
        and 0 <= created < _LAST_SECOND
    )
    if not fits:
        raise Malformed("not the shape of an event")
    return Event(event_id, event_type, object_id, datetime.fromtimestamp(created, UTC), live)


def _matches(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
