"""Twilio's side of the routes: forms as it sends them, signed with its own library."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from bot.money import Money
from bot.utility import AccountForm, Utility
from handlers.sms.form import Form

ACCOUNT = "AC" + "0" * 31 + "1"
SID = "SM" + "a1" * 16
TOKEN = "the auth token"
OLD_TOKEN = "the auth token before"
BASE = "https://pay.prairie.example"
ANA = "+12175550123"
NUMBER = "+12175550100"

PRAIRIE = Utility(
    name="prairie",
    brand="Prairie Light & Gas",
    numbers=(NUMBER,),
    languages=("en", "es"),
    currency="USD",
    zone=ZoneInfo("America/Chicago"),
    account_form=AccountForm(10, "0012345678"),
    fees={"card": Money(175)},
    smallest=Money(500),
    largest=Money(1_000_000),
    link_minutes=60,
    agent_phone="(217) 555-0199",
    agent_hours={"en": "Mon-Fri 8 AM-6 PM"},
    email_from="pay@prairie.example",
    site="prairie.example",
)

Pairs = Sequence[tuple[str, str]]


def text_form(body: str = "PAY", **changes: str | None) -> list[tuple[str, str]]:
    """The form of a text from Ana, with fields changed, added, or left out (None)."""
    form: dict[str, str | None] = {
        "ToCountry": "US",
        "ToState": "IL",
        "SmsMessageSid": SID,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": SID,
        "FromState": "IL",
        "SmsStatus": "received",
        "FromCity": "SPRINGFIELD",
        "Body": body,
        "FromCountry": "US",
        "To": NUMBER,
        "MessagingServiceSid": "MG" + "b2" * 16,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": SID,
        "AccountSid": ACCOUNT,
        "From": ANA,
        "ApiVersion": "2010-04-01",
    }
    form.update(changes)
    return [(name, value) for name, value in form.items() if value is not None]


def status_form(**changes: str | None) -> list[tuple[str, str]]:
    """The form of a delivery report about a text to Ana."""
    form: dict[str, str | None] = {
        "MessageSid": SID,
        "MessageStatus": "delivered",
        "To": ANA,
        "From": NUMBER,
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
    }
    form.update(changes)
    return [(name, value) for name, value in form.items() if value is not None]


def sign(url: str, pairs: Iterable[tuple[str, str]], token: str = TOKEN) -> str:
    """Twilio's signature of a form posted to `url`."""
    form = Form()
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return str(RequestValidator(token).compute_signature(url, form))


def post(client: FlaskClient, path: str, pairs: Pairs, *, token: str = TOKEN) -> TestResponse:
    """Post a form to `path`, signed for the public URL."""
    return client.post(
        path,
        data=urlencode(pairs),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sign(BASE + path, pairs, token)},
    )
