"""A text that somebody sent us, read from Twilio's form (SMS, MMS, WhatsApp).

The signature binds less than it seems (RULES T9): a request that carries a good one still has every field checked.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import cast, get_args

import phonenumbers

from bot.message import Message, OptOutType
from bot.names import Address, Channel
from bot.text import BadText, clean
from bot.utility import Utility
from handlers.edge import refuse
from handlers.sms.form import Form

SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_FROM = re.compile(r"(?:whatsapp:)?\+[1-9][0-9]{6,14}|[1-9][0-9]{4,5}")
ADDRESS = re.compile(r"(?:whatsapp:)?\+[1-9][0-9]{6,14}")
_COUNT = re.compile(r"[0-9]{1,2}")
_ANSWERED = frozenset(get_args(OptOutType))


def parse(form: Form, utilities_by_number: Mapping[str, Utility]) -> tuple[Message, Utility]:
    """The message in a form, and the utility that it was sent to."""
    channel, sender = address(form.one("From", _FROM))
    to_channel, number = address(form.one("To", ADDRESS))
    utility = utilities_by_number.get(number)
    if utility is None or to_channel != channel:
        refuse(400, "field To")
    if sender.startswith("+") and not possible(sender):
        refuse(400, "field From")
    try:
        text, readable = clean(form.maybe("Body")), True
    except BadText:
        text, readable = "", False
    answered = form.maybe("OptOutType")
    message = Message(
        id=form.one("MessageSid", SID),
        who=Address(channel, sender),
        utility=utility.name,
        text=text,
        readable=readable,
        media=int(form.maybe("NumMedia", _COUNT) or 0),
        carrier_answered=cast(OptOutType, answered) if answered in _ANSWERED else None,
    )
    return message, utility


def address(field: str) -> tuple[Channel, str]:
    """Split a From or To, already known to be well formed, into channel and number (T8)."""
    return ("whatsapp", field[9:]) if field.startswith("whatsapp:") else ("sms", field)


@lru_cache(maxsize=4096)
def possible(number: str) -> bool:
    """Whether an E.164 number can exist: a known country and a right length. Not whether it is in use: 555-01xx is."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
