"""The contacts on file that a key may go to, and how they are shown to somebody who may be a stranger."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import phonenumbers

from bot.names import Address, Phone
from bot.ports import Account
from bot.utility import Utility

By = Literal["mobile", "email"]

BY_TEXT = timedelta(minutes=10)  # RULES P3: ten minutes at most
# RULES P3 allows a day by email. A server that has never heard of ours holds mail back on purpose for a quarter of an
# hour or more (greylisting), so ten minutes would be none; an hour leaves time to read it.
BY_EMAIL = timedelta(hours=1)


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """Where a key goes: `recipient` as a parcel takes it, `masked` as a person may see it; a key lives for `lives`."""

    kind: Literal["text", "email"]
    recipient: str
    masked: str
    lives: timedelta


def contact_of(account: Account, by: By, utility: Utility) -> Contact | None:
    """The account's mobile or email. None: not on file, or a phone in a country that gets no keys (RULES P6)."""
    if by == "email":
        return Contact("email", account.email, masked_email(account.email), BY_EMAIL) if account.email else None
    if account.mobile is None or _country(account.mobile) not in utility.key_countries:
        return None
    return Contact("text", Address("sms", account.mobile.reveal()).reveal(), masked_phone(account.mobile), BY_TEXT)


def _country(phone: Phone) -> str | None:
    """The ISO 3166 country that a number belongs to: +1 alone covers two dozen. None: no such number can exist."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone.reveal()))
    except phonenumbers.NumberParseException:
        return None


def masked_phone(phone: Phone) -> str:
    """`(***) ***-0116`: four digits are enough to know one's own phone by."""
    return f"(***) ***-{phone.last4}"


def masked_email(email: str) -> str:
    """`m***@example.org`: the domain says which mailbox to look in."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain}"
