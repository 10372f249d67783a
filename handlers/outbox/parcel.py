"""A parcel: one thing to be sent or done later, written in the same transaction as its cause."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from handlers.ledger.tables import outbox
from handlers.sealing import Sealer

Kind = Literal["text", "email", "make_link", "close_link", "give_back", "forget_text"]
Category = Literal["key", "receipt", "link", "notice", "chore"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What to do, why, and for whom. `cause` is unique: putting the same parcel twice is putting it once.

    `recipient` is an `Address.reveal()` for a text, an email address for an email, else None. `body` is JSON:
    text {"text"}, email {"subject", "text"}, make_link and close_link {"payment"}, give_back
    {"charge", "minor"}, forget_text {"message"}.
    """

    kind: Kind
    cause: str
    utility: str
    category: Category
    body: dict[str, Any]
    due_at: datetime
    recipient: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """A parcel in a worker's hands: the row's id, how often it was tried, and whether the last try was left unsure."""

    id: int
    parcel: Parcel
    attempts: int
    unsure_since: datetime | None = None


class Unsure(Exception):
    """The counterpart may or may not have done it: the answer was lost. Ask before doing it again (RULES T10)."""


class Carrier(Protocol):
    """Does one kind of parcel."""

    def carry(self, delivery: Delivery) -> str | None:
        """Do it; the counterpart's id of it, if any. Raises Unavailable (later), Refused (never) or Unsure."""


@runtime_checkable
class Heeding(Protocol):
    """A carrier whose parcels must not be given up unnoticed."""

    def given_up(self, connection: Connection, delivery: Delivery) -> None:
        """Do what is left to do, in the transaction that makes the row a dead letter, whatever killed it.

        The parcel's body is empty if its seal is broken. What is raised keeps the row alive.
        """


def put(connection: Connection, sealer: Sealer, parcel: Parcel, now: datetime) -> None:
    """Write the parcel into the caller's transaction."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(outbox)
    connection.execute(
        insert.values(
            kind=parcel.kind,
            cause=parcel.cause,
            utility=parcel.utility,
            recipient=parcel.recipient,
            category=parcel.category,
            body=sealer.seal(json.dumps(parcel.body).encode(), f"outbox:{parcel.cause}"),
            created_at=now,
            due_at=parcel.due_at,
            expires_at=parcel.expires_at,
            state="waiting",
        ).on_conflict_do_nothing(index_elements=[outbox.c.cause])
    )
