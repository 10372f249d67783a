"""What stands on a receipt, in words: the same for the page and for the PDF."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from bot.money import Money
from bot.speech import Slot, spoken
from handlers.payments.records import Record
from handlers.payments.wording import Wording
from handlers.receipts.facts import Facts, Period, Standing

Mood = Literal["good", "wait", "stop"]
# How a receipt looks by how things stand: the colour, and never the colour alone.
_MOODS: Mapping[Standing, Mood] = {
    "paid": "good",
    "part_sent_back": "wait",
    "sent_back": "stop",
    "part_going_back": "wait",
    "going_back": "wait",
    "came_back": "wait",
    "disputed": "wait",
    "charged_back": "stop",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the receipt. A "part" belongs to the line above it; a "total" is what it all comes to."""

    name: str
    value: str
    kind: Literal["fact", "part", "total"] = "fact"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A receipt in words of one language. `how_to_check` is one plain sentence; `path` leads to its page."""

    language: str
    brand: str
    mood: Mood
    heading: str
    sentence: str
    as_of: str
    rows: Sequence[Row]
    code: str
    how_to_check: str
    reference: str
    path: str
    dated: date


class Sheets:
    """Puts facts into words."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def sheet(self, record: Record, facts: Facts, language: str) -> Sheet:
        """The receipt of this payment in `language`."""
        record = replace(record, language=self._wording.language(language))
        return Sheet(
            language=record.language,
            brand=facts.utility,
            mood=_MOODS[facts.standing],
            heading=self._say(record, f"receipt_{facts.standing}_heading"),
            sentence=self._say(
                record,
                f"receipt_{facts.standing}",
                sent=facts.gone,
                kept=facts.kept,
                apart=facts.apart,
                on=self._day(record, facts.gone_on or facts.as_of),
            ),
            as_of=self._say(record, "as_of", day=self._day(record, facts.as_of)),
            rows=list(self._rows(record, facts)),
            code=facts.code,
            how_to_check=self._say(record, "how_to_check", page=shown(facts.issuer)),
            reference=facts.reference,
            path=f"/r/{record.receipt_token}",
            dated=facts.as_of,
        )

    def _rows(self, record: Record, facts: Facts) -> Iterator[Row]:
        def row(name: str, value: str | Money, kind: Literal["fact", "part", "total"] = "fact", **slots: Slot) -> Row:
            return Row(self._say(record, name, **slots), spoken(value, record.language), kind)

        yield row("paid_on", self._wording.instant(record, facts.paid_at))
        yield row("account", self._say(record, "account_ending"))
        yield row("method", self._say(record, f"method_{facts.method}"))
        yield row("reference", facts.reference)
        if facts.bill:
            yield row("bill_amount", facts.bill)
        yield from (row("period", period.money, "part", **_span(period)) for period in facts.periods)
        rest = facts.bill - sum((period.money for period in facts.periods), Money(0, facts.bill.currency))
        if facts.periods and rest:
            yield row("beside_periods", rest, "part")
        yield from (row(name, money) for name, money in _beside_the_bill(facts) if money)
        yield row("fee_amount", facts.fee)
        yield row("total", facts.total, "total")
        yield from (row(name, money) for name, money in _no_more_paid(facts) if money)
        if facts.kept != facts.total:
            yield row("still_paid", facts.kept, "total")

    def _day(self, record: Record, day: date) -> str:
        return self._say(record, "day", day=day, year=day.year)

    def _say(self, record: Record, sentence: str, **slots: Slot) -> str:
        return self._wording.about(f"pages.{sentence}", record, **slots)


def shown(address: str) -> str:
    """An address as a person types it: without its scheme, unless that is an unusual one."""
    return urlsplit(address).netloc + urlsplit(address).path.rstrip("/")


def _beside_the_bill(facts: Facts) -> tuple[tuple[str, Money], ...]:
    return ("credit", facts.credit), ("not_owed", facts.not_owed)


def _no_more_paid(facts: Facts) -> tuple[tuple[str, Money], ...]:
    gone = ("sent_back", facts.sent_back), ("taken_back", facts.charged_back)
    return (*gone, ("going_back", facts.going_back), ("waiting", facts.waiting))


def _span(period: Period) -> dict[str, Slot]:
    return {"start": period.start, "end": period.end, "year": period.end.year}
