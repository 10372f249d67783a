"""Deliveries as a worker hands them to a carrier, and the utility they are for."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.money import Money
from bot.utility import AccountForm, Utility
from handlers.outbox.parcel import Delivery, Parcel
from tests.outbox.desk import ANA, WORDS

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

PRAIRIE = Utility(
    name="prairie",
    brand="Prairie Light & Gas",
    numbers=("+12175550100",),
    languages=("en", "es"),
    currency="USD",
    zone=ZoneInfo("America/Chicago"),
    account_form=AccountForm(10, "0042-118-336"),
    fees={"card": Money(175, "USD"), "bank": Money(0, "USD")},
    smallest=Money(500, "USD"),
    largest=Money(100_000, "USD"),
    link_minutes=30,
    agent_phone="+12175550111",
    agent_hours={"en": "8 to 5"},
    email_from="bills@prairie.example",
    site="https://prairie.example",
)
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
