"""The text or email that brings a key."""

from datetime import datetime, timedelta

from bot.names import Address
from bot.speech import Say, Slot, Speech
from bot.utility import Utility
from handlers.outbox.parcel import Parcel
from handlers.people.contacts import Contact


def letter(
    speech: Speech, utility: Utility, contact: Contact, who: Address, digits: str, language: str, first: bool
) -> dict[str, str]:
    """A parcel's body. The holder asked for nothing: it says who did, and what the key is good for.

    `first`: nothing was ever written to this contact; a text then says how to get help and stop (RULES W8).
    """
    asker = Say("keys.by_phone", {"last4": who.phone.last4}) if who.phone else Say("keys.by_web_chat")
    slots: dict[str, Slot] = {
        "brand": utility.brand,
        "digits": digits,
        "asker": speech.say(asker, language),
        "minutes": contact.lives // timedelta(minutes=1),
    }
    words = "keys.text_first" if first else "keys.text"
    body = {"text": speech.say(Say(words, slots), language)}
    if contact.kind == "email":
        body["subject"] = speech.say(Say("keys.subject", {"brand": utility.brand}), language)
    return body


def addressed(body: dict[str, str], cause: str, utility: Utility, contact: Contact, now: datetime) -> Parcel:
    """The parcel, due at once, and worth nothing once its key is out of time."""
    return Parcel(
        kind=contact.kind,
        cause=cause,
        utility=utility.name,
        category="key",
        body=body,
        due_at=now,
        recipient=contact.recipient,
        expires_at=now + contact.lives,
    )
