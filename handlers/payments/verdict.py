"""What we make of an event."""

from dataclasses import dataclass
from typing import Literal

from handlers.payments.records import Record


@dataclass(frozen=True, slots=True)
class Verdict:
    """Applied, ignored, or parked: a person must look. `tell` is what the payer's conversation should know."""

    state: Literal["applied", "ignored", "parked"]
    reason: str
    record: Record | None = None
    tell: str | None = None
