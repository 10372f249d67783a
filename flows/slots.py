"""Every slot that a sentence may have, with an example as long as it usually gets: sentences are measured so."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from bot.money import Money
from bot.speech import Say, Slot, Until

_NOON = datetime(2026, 11, 22, 12, 40, tzinfo=UTC)
_URL = "https://pay.prairie.example/{}/AbCdEfGhIjKlMnOpQrStUv"

EXAMPLES: Mapping[str, Slot] = {
    "brand": "Prairie Light & Gas",
    "phone": "(217) 555-0199",
    "site": "prairie.example",
    "hours": "Mon-Fri 8 AM-6 PM",
    "ref": "7F3K2Q",
    "last4": "5678",
    "listed": "1 = ...8901, 2 = ...8902",
    "example": "0012345678",
    "contact": "(***) ***-0116",
    "until": Until(_NOON, _NOON),
    "balance": Money(284_20),
    "pending": Money(284_20),
    "most": Money(10_000_00),
    "past_due": Money(160_00),
    "amount": Money(284_20),
    "total": Money(285_95),
    "fee": Money(1_75),
    "card_fee": Money(1_75),
    "bank_fee": Money(0),
    "smallest": Money(5_00),
    "remains": Money(184_20),
    "surplus": Money(184_20),
    "apart": Money(184_20),
    "due": date(2026, 12, 25),
    "on": date(2026, 12, 25),
    "start": date(2026, 10, 14),
    "end": date(2026, 11, 12),
    "link": _URL.format("p"),
    "url": _URL.format("p"),
    "paid_on": "Nov 22, 2026, 12:00 PM CST",
    "method": "Bank account",
    "reference": "4F1B-2C3D",
    "receipt": _URL.format("r"),
    "digits": "123456",
    "asker": (Say("keys.by_phone", {"last4": "0115"}),),
    "minutes": 10,
    "accounts": (
        Say(
            "check_balance.owes_one",
            {
                "last4": "5678",
                "balance": Money(284_20),
                "due": date(2026, 12, 25),
                "start": date(2026, 10, 14),
                "end": date(2026, 11, 12),
            },
        ),
    ),
}
