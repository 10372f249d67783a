"""Deliveries as a worker hands them to a carrier, and the utility they are for."""

from datetime import UTC, datetime
from typing import Any

from handlers.outbox.parcel import Delivery, Parcel
from tests.cast import PRAIRIE
from tests.outbox.desk import ANA, WORDS

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

UTILITIES = {"prairie": PRAIRIE}


def delivery(row_id: int = 7, unsure_since: datetime | None = None, **parcel: Any) -> Delivery:
    """A receipt for Ana by text, unless told otherwise."""
    standard = {
        "kind": "text",
        "cause": f"cause:{row_id}",
        "utility": "prairie",
        "category": "receipt",
        "body": {"text": WORDS},
        "due_at": NOW,
        "recipient": ANA.reveal(),
    }
    return Delivery(row_id, Parcel(**(standard | parcel)), 1 if unsure_since is None else 2, unsure_since)
