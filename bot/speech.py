"""Speech: from the name of a sentence and its slots to words in one language.

Sentences live in `flows/copy/<language>.toml`, one table a conversation; their names are `table.sentence`. Only
those templates are ever formatted: what a person typed is a slot's value at most, never a template.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bot.money import Money

_SLOT = re.compile(r"\{(\w+)\}")
_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
}


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence to be said: its name and what goes into its slots.

    A `datetime` slot is said as a time of day, a tuple of sentences one after the other.
    """

    key: str
    slots: "Mapping[str, Slot]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Until:
    """An end that is said with its day unless that is today: "3:40 PM", "Nov 25, 3:40 PM"; "las 3:40 PM"."""

    at: datetime
    now: datetime


Slot = str | int | Money | date | datetime | Until | tuple[Say, ...]


class Speech:
    """All the sentences, in all the languages."""

    def __init__(self, copies: Mapping[str, Mapping[str, str]]) -> None:
        self.copies = copies

    @classmethod
    def load(cls, folder: Path) -> "Speech":
        """Read every `<language>.toml` of `folder`."""
        copies = {}
        for path in sorted(folder.glob("*.toml")):
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
            copies[path.stem] = {f"{t}.{k}": text for t, sentences in tables.items() for k, text in sentences.items()}
        return cls(copies)

    def say(self, say: Say, language: str) -> str:
        """The sentence in `language`. Raises KeyError for an unknown sentence, language or a missing slot: a bug."""
        template = self.copies[language][say.key]
        return _SLOT.sub(lambda found: self._fill(say.slots[found[1]], language), template)

    def _fill(self, value: Slot, language: str) -> str:
        if isinstance(value, tuple):
            return " ".join(self.say(say, language) for say in value)
        return spoken(value, language)

    def slots(self, key: str, language: str) -> frozenset[str]:
        """The names of a sentence's slots."""
        return frozenset(_SLOT.findall(self.copies[language][key]))


def spoken(value: str | int | Money | date | datetime | Until, language: str) -> str:
    """How a slot's value is said: "$1,084.20", "Nov 25" or "25 nov", "3:40 PM". Times come in the zone to be said."""
    if isinstance(value, Until):
        return _until(value, language)
    if isinstance(value, Money):
        whole, cents = divmod(abs(value.minor), 100)
        sign, mark = (
            ("-" if value.minor < 0 else ""),
            ("$" if value.currency in ("USD", "CAD") else f"{value.currency} "),
        )
        return f"{sign}{mark}{whole:,}.{cents:02d}"
    if isinstance(value, datetime):
        return f"{value.hour % 12 or 12}:{value.minute:02d} {'AM' if value.hour < 12 else 'PM'}"
    if isinstance(value, date):
        month = _MONTHS[language][value.month - 1]
        return f"{value.day} {month}" if language == "es" else f"{month} {value.day}"
    return str(value)


def _until(end: Until, language: str) -> str:
    day, time = spoken(end.at.date(), language), spoken(end.at, language)
    today = end.at.date() == end.now.astimezone(end.at.tzinfo).date()
    if language == "es":
        hour = f"{'la' if time.startswith('1:') else 'las'} {time}"
        return hour if today else f"el {day} a {hour}"
    return time if today else f"{day}, {time}"
