"""Texts as Twilio posts them, signed and ready to send, so that making them costs the measured time nothing."""

import secrets
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

PUBLIC_BASE_URL = "https://pay.example"
ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = secrets.token_hex(16)
UTILITY_NUMBER = "+12175550100"


def phone(number: int) -> str:
    """The nth person's phone; none of them is anybody's in a real exchange of that size."""
    return f"+1217{2_000_000 + number}"


def text(sender: str, body: str) -> bytes:
    """One HTTP request: a text from `sender`, with all that Twilio sends along."""
    sid = "SM" + secrets.token_hex(16)
    form = {
        "ToCountry": "US",
        "ToState": "IL",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "SPRINGFIELD",
        "FromZip": "62701",
        "SmsSid": sid,
        "FromState": "IL",
        "SmsStatus": "received",
        "FromCity": "SPRINGFIELD",
        "Body": body,
        "FromCountry": "US",
        "To": UTILITY_NUMBER,
        "ToZip": "62701",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    signature = RequestValidator(AUTH_TOKEN).compute_signature(f"{PUBLIC_BASE_URL}/sms", form)
    payload = urlencode(form).encode()
    head = (
        "POST /sms HTTP/1.1\r\nHost: pay.example\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nI-Twilio-Idempotency-Token: "
        f"{secrets.token_hex(16)}\r\nX-Twilio-Signature: {signature}\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload
