"""What stands on a page: words in the payer's language, chosen here, laid out by the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import phonenumbers

from bot.speech import Slot
from handlers.payments.records import Record
from handlers.payments.state import PAID, state
from handlers.payments.wording import Wording

_ON_THE_WAY = ("pending", "coming", "awaited", "held")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: heading, sentences, lines (name and value), and perhaps a link to go on with."""

    status: int
    language: str
    brand: str
    mood: str  # "good", "wait" or "stop": the colour, and never the colour alone
    heading: str
    sentences: Sequence[str]
    lines: Sequence[tuple[str, str]] = ()
    link: tuple[str, str] | None = None


class Pages:
    """Makes pages."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def front(self, language: str) -> Page:
        """The way in, for somebody who opened our address: which number to text."""
        utilities = list(self._wording.utilities.values())
        numbers = [(utility.brand, national(utility.numbers[0])) for utility in utilities]
        only = utilities[0] if len(utilities) == 1 else None
        heading, sentence = (self._wording.say(f"pages.{name}", language) for name in ("front_heading", "front"))
        link = (self._wording.say("pages.text_now", language), f"sms:{only.numbers[0]}?body=PAY") if only else None
        return Page(200, language, only.brand if only else "", "good", heading, [sentence], numbers, link=link)

    def unknown(self, language: str) -> Page:
        """For a token that leads nowhere: the same whatever it looks like."""
        return self._plain(404, language, "unknown")

    def unavailable(self, language: str) -> Page:
        """For when we cannot look."""
        return self._plain(503, language, "unavailable")

    def of_link(self, record: Record, named: str) -> Page:
        """What became of a payment link that does not lead to Stripe; `named` as `Doors` calls it."""
        to_receipt = (self._say(record, "see_receipt"), f"/r/{record.receipt_token}")
        if named in PAID:
            return self._about(record, "paid", "good", link=to_receipt)
        if named in ("refunded", "charged_back"):
            return self._about(record, named, "stop", link=to_receipt)
        return self._about(record, named, "wait" if named in _ON_THE_WAY else "stop")

    def not_paid(self, record: Record, now: datetime) -> Page:
        """In place of a receipt, as long as it is not paid: where the payment is."""
        named = state(record, now)
        known = named if named in ("pending", "held", "failed") else "not_paid"
        return self._about(record, known, "wait" if known in _ON_THE_WAY else "stop")

    def _say(self, record: Record, sentence: str, **slots: Slot) -> str:
        return self._wording.about(f"pages.{sentence}", record, **slots)

    def _about(self, record: Record, named: str, mood: str, link: tuple[str, str] | None = None) -> Page:
        brand = self._wording.utilities[record.utility].brand
        gone = record.charged_back_at or record.refunded_at
        slots = {"on": self._wording.local(record, gone).date()} if gone else {}
        heading, sentence = self._say(record, f"{named}_heading"), self._say(record, named, **slots)
        return Page(200, self._wording.language(record.language), brand, mood, heading, [sentence], link=link)

    def _plain(self, status: int, language: str, named: str) -> Page:
        heading = self._wording.say(f"pages.{named}_heading", language)
        return Page(status, language, "", "stop", heading, [self._wording.say(f"pages.{named}", language)])


def national(number: str) -> str:
    """A number as people at home write it: "(217) 555-0100"."""
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)
