"""What Twilio says to the program: incoming texts and status callbacks, as signed forms."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from sandbox import segments
from sandbox.calling import Answer
from sandbox.setting import Setting
from sandbox.twilio_store import Message

ANSWER_SECONDS = 15


class TwilioCalls:
    """Posts signed forms to the program."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def post(self, url: str, form: dict[str, str]) -> Answer:
        """One signed form to this address, as the program knows it."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": signature(url, form, self._setting.twilio_token),
        }
        url = self._setting.reach(url)
        return self._setting.call("POST", url, urlencode(form).encode(), headers, ANSWER_SECONDS)

    def text(self, message: Message, more: dict[str, str]) -> Answer:
        """An incoming text, to the program's `/sms`."""
        form = {
            "ToCountry": "US",
            "ToState": "IL",
            "SmsMessageSid": message.sid,
            "NumMedia": str(message.media),
            "ToCity": "SPRINGFIELD",
            "FromZip": "62701",
            "SmsSid": message.sid,
            "FromState": "IL",
            "SmsStatus": "received",
            "FromCity": "SPRINGFIELD",
            "Body": message.body,
            "FromCountry": "US",
            "To": message.to,
            "ToZip": "62701",
            "NumSegments": str(segments.count(message.body)),
            "MessageSid": message.sid,
            "AccountSid": self._setting.twilio_sid,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
        }
        for at in range(message.media):
            form[f"MediaUrl{at}"] = f"{self._setting.own_url}/media/{message.sid}/{at}"
            form[f"MediaContentType{at}"] = "image/jpeg"
        return self.post(self._setting.public("/sms"), form | more)

    def status(self, message: Message, url: str, status: str) -> Answer:
        """A status callback."""
        form = {
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": message.to,
            "MessageSid": message.sid,
            "AccountSid": self._setting.twilio_sid,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
        }
        if message.error:
            form["ErrorCode"] = str(message.error)
        return self.post(url, form)


def signature(url: str, form: dict[str, str], token: str) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the URL and all fields, sorted (twilio.com/docs/usage/security)."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
