"""Words about payments: sentences in the payment's own language, and the texts that carry them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.speech import Say, Slot, Speech
from bot.utility import Utility
from handlers.outbox.parcel import Category, Parcel, put
from handlers.payments.records import Record
from handlers.sealing import Sealer

# Texts that nobody is waiting for keep to these hours of the utility's day (RULES W9).
_FIRST_HOUR, _LAST_HOUR = 8, 21
WORTH_SAYING = timedelta(days=3)


class Wording:
    """Says sentences of the copy, English where a language is not spoken (any more)."""

    def __init__(self, speech: Speech, utilities: Mapping[str, Utility]) -> None:
        self._speech = speech
        self.utilities = utilities

    def language(self, wanted: str) -> str:
        """The language that will be used for this one."""
        return wanted if wanted in self._speech.copies else "en"

    @property
    def languages(self) -> list[str]:
        """The languages spoken."""
        return list(self._speech.copies)

    def say(self, key: str, language: str, **slots: Slot) -> str:
        """One sentence."""
        return self._speech.say(Say(key, slots), self.language(language))

    def about(self, key: str, record: Record, **slots: Slot) -> str:
        """One sentence about a payment: brand, phone, sums and last four digits are always at hand."""
        utility = self.utilities[record.utility]
        known: dict[str, Slot] = {
            "brand": utility.brand,
            "phone": utility.agent_phone,
            "amount": record.amount,
            "fee": record.fee,
            "total": record.total,
            "last4": record.last4,
        }
        return self.say(key, record.language, **{**known, **slots})

    def local(self, record: Record, at: datetime) -> datetime:
        """`at` where the utility is."""
        return at.astimezone(self.utilities[record.utility].zone)

    def instant(self, record: Record, at: datetime) -> str:
        """Day and time, with the year and the zone, as a receipt has it."""
        local = self.local(record, at)
        slots: dict[str, Slot] = {"day": local.date(), "year": local.year, "time": local}
        return self.about("pages.instant", record, **slots, zone=local.tzname() or "UTC")


class Texts:
    """Texts to the payer, put into the caller's transaction."""

    def __init__(self, wording: Wording, sealer: Sealer) -> None:
        self.wording = wording
        self._sealer = sealer

    def put(
        self,
        connection: Connection,
        record: Record,
        sentence: str,
        cause: str,
        now: datetime,
        category: Category = "receipt",
        awaited: bool = True,
        until: datetime | None = None,
        slots: Mapping[str, Slot] = {},
    ) -> None:
        """Text `receipts.<sentence>` to the payer, once for each `cause`. Not `awaited`: by day only.

        A payer in web chat has no phone to text to: they read it in the chat, or on the page.
        """
        if record.payer.phone is None:
            return
        due = now if awaited else by_day(now, self.wording.utilities[record.utility])
        parcel = Parcel(
            kind="text",
            cause=f"{sentence}:{cause}",
            utility=record.utility,
            category=category,
            body={"text": self.wording.about(f"receipts.{sentence}", record, **slots)},
            due_at=due,
            recipient=record.payer.reveal(),
            expires_at=until or due + WORTH_SAYING,
        )
        put(connection, self._sealer, parcel, now)


def by_day(now: datetime, utility: Utility) -> datetime:
    """`now`, or the next morning if it is night where the utility is."""
    local = now.astimezone(utility.zone)
    if _FIRST_HOUR <= local.hour < _LAST_HOUR:
        return now
    day = local.date() + timedelta(days=1 if local.hour >= _LAST_HOUR else 0)
    return datetime(day.year, day.month, day.day, _FIRST_HOUR, tzinfo=utility.zone).astimezone(now.tzinfo)


def day_of(at: datetime, record: Record | None, utilities: Mapping[str, Utility]) -> date:
    """The day that money counts for, where its utility is: the first one for what is nobody's, as in reconciliation."""
    utility = utilities[record.utility] if record else next(iter(utilities.values()))
    return at.astimezone(utility.zone).date()
