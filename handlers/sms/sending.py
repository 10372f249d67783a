"""Texts out, by Twilio's REST API, and the request to forget one that came in (RULES T7, T10, P1, P3)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.errors import Refused, Unavailable
from bot.names import Address
from bot.ports import Clock
from bot.utility import Utility
from handlers.outbox.parcel import Delivery, Parcel, Unsure
from handlers.sms.twilio_words import word

_T = TypeVar("_T")
_LONGEST_VALIDITY = 36_000  # seconds; Twilio's own limit and default
_CLOCKS_DIFFER = timedelta(minutes=1)  # ours and Twilio's; and Twilio's dates have no fractions of a second
_LOOKED_AT = 100  # texts to one person since the row was made: limits on sending keep them far fewer
_BUSY = (429, 20429)  # not processed, by Twilio's word
_ON_ITS_WAY = 20009  # a text is forgotten only after it was delivered
# Our account is in trouble (token, suspension, funds): nothing is wrong with the text, it can go once that is mended.
_OUR_TROUBLE = (401, 402, 403)


class TwilioTexts:
    """Carries parcels of kind "text". `anothers(message id, row)`: whether that text is known to be another row's."""

    def __init__(
        self,
        client: Client,
        utilities: Mapping[str, Utility],
        public_base_url: str,
        clock: Clock,
        anothers: Callable[[str, int], bool],
    ) -> None:
        self._client = client
        self._utilities = utilities
        self._callback = f"{public_base_url.rstrip('/')}/sms/status?o="
        self._clock = clock
        self._anothers = anothers

    def carry(self, delivery: Delivery) -> str:
        """Send the text; its message id. After an answer was lost, first look whether it went out then.

        Raises Unavailable when Twilio surely did not take it, Unsure when it may have, Refused when it never will.
        """
        parcel = delivery.parcel
        to, sender = self._ends(parcel)
        if delivery.unsure_since is not None:
            earlier = self._find(to, parcel.body["text"], delivery.unsure_since, delivery.id)
            if earlier is not None:
                return earlier
        options = {} if parcel.expires_at is None else {"validity_period": self._validity(parcel.expires_at)}
        message = _ask(
            lambda: self._client.messages.create(
                to=to,
                from_=sender,
                body=parcel.body["text"],
                status_callback=f"{self._callback}{delivery.id}",
                **options,
            ),
            lost=Unsure,
        )
        if not message.sid:  # something between us and Twilio answered
            raise Unsure("Twilio's answer was lost")
        return str(message.sid)

    def _ends(self, parcel: Parcel) -> tuple[str, str]:
        """To and From, in the form of their channel."""
        who = Address.parse(parcel.recipient or "")
        if who.channel == "web":
            raise Refused("a web chat cannot be texted")
        prefix = "whatsapp:" if who.channel == "whatsapp" else ""
        return prefix + who.value, prefix + self._utilities[parcel.utility].numbers[0]

    def _validity(self, expires_at: datetime) -> int:
        left = int((expires_at - self._clock.now()).total_seconds())
        return min(max(left, 1), _LONGEST_VALIDITY)

    def _find(self, to: str, text: str, since: datetime, row_id: int) -> str | None:
        """The id of the text that says this, sent since then, unless it is known to be the same words of another row.

        Twilio's own filter by date is not used: it goes by the day a text was sent, and one that waits has none yet.
        """
        found = _ask(
            lambda: self._client.messages.list(to=to, limit=_LOOKED_AT, page_size=_LOOKED_AT),
            lost=Unavailable,
        )
        for message in found:
            recent = message.date_created is None or message.date_created >= since - _CLOCKS_DIFFER
            says_it = (message.body or "").strip() == text.strip()
            if recent and says_it and not self._anothers(str(message.sid), row_id):
                return str(message.sid)
        return None


class ForgetText:
    """Carries parcels of kind "forget_text": asks Twilio to delete a text's body. Doing it twice is doing it once."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def carry(self, delivery: Delivery) -> None:
        """Empty the body. A text that Twilio does not have, or has no more, is fine. Raises Unavailable or Refused."""
        message = self._client.messages(delivery.parcel.body["message"])
        try:
            _ask(lambda: message.update(body=""), lost=Unavailable)
        except Refused as refusal:
            if refusal.reason != "not there":
                raise


def _ask(request: Callable[[], _T], lost: type[Exception]) -> _T:
    """Make a request, its errors in our words; `lost` is raised when the answer was lost on the way.

    Nothing of the SDK's exceptions is kept: their texts name numbers and addresses.
    """
    try:
        return request()
    except TwilioRestException as error:
        raise _in_our_words(error, lost) from None
    except requests.ConnectTimeout:
        raise Unavailable("Twilio cannot be reached") from None
    except requests.ConnectionError as error:
        raise (
            Unavailable("Twilio cannot be reached") if _never_left(error) else lost("Twilio's answer was lost")
        ) from None
    except (requests.RequestException, TwilioException, ValueError):
        raise lost("Twilio's answer was lost") from None


def _in_our_words(error: TwilioRestException, lost: type[Exception]) -> Exception:
    if error.status in _BUSY or error.code in _BUSY:
        return Unavailable("Twilio is busy")
    if error.status >= 500:
        return lost("Twilio failed")
    if error.code == _ON_ITS_WAY:
        return Unavailable("Twilio is not done with it")
    if error.status in _OUR_TROUBLE:
        return Unavailable(f"Twilio refuses our account: {word(error.code)}")
    if error.status == 404:
        return Refused("not there")
    return Refused(word(error.code))


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether no connection came about: refused, no route, no such name. Any other loss may have come after sending."""
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
