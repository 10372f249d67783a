"""`POST /sms`: what is let in, what it becomes, and what Twilio reads back (RULES T1, T5, T8, T9, W6)."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from bot.message import Message
from bot.names import Address
from tests.sms.conftest import Office
from tests.sms.twilio_side import ACCOUNT, ANA, BASE, NUMBER, SID, post, sign, text_form

FORM = "application/x-www-form-urlencoded"
MEDIA = {"NumMedia": "1", "MediaUrl0": "http://169.254.169.254/latest/meta-data/", "MediaContentType0": "image/jpeg"}


@dataclass
class Case:
    label: str
    status: int
    form: list[tuple[str, str]] = field(default_factory=text_form)
    reason: str = ""


REFUSED = [
    Case("account of somebody else", 403, text_form(AccountSid="AC" + "f" * 32), "account"),
    Case("no account", 400, text_form(AccountSid=None), "field AccountSid"),
    Case("sent to no number of ours", 400, text_form(To="+12175550199"), "field To"),
    Case("sent nowhere", 400, text_form(To=None), "field To"),
    Case("from SMS to WhatsApp", 400, text_form(To=f"whatsapp:{NUMBER}"), "field To"),
    Case("From folded into Body", 400, text_form("PAYFrom" + ANA, From=None), "field From"),
    Case("From twice", 400, [*text_form(), ("From", "+12175550177")], "field From"),
    Case("Body twice", 400, [*text_form(), ("Body", "BAL")], "field Body"),
    Case("From with braces", 400, text_form(From="+1555{user}0001"), "field From"),
    Case("From with a glob", 400, text_form(From="sess:*"), "field From"),
    Case("From of another script", 400, text_form(From="+١٢١٧٥٥٥٠١٢٣"), "field From"),
    Case("From with a line break", 400, text_form(From=ANA + "\n"), "field From"),
    Case("From of no country", 400, text_form(From="+99912345678"), "field From"),
    Case("From too short for its country", 400, text_form(From="+1217555"), "field From"),
    Case("From of a channel we do not know", 400, text_form(From="messenger:12345"), "field From"),
    Case("no message id", 400, text_form(MessageSid=None), "field MessageSid"),
    Case("a message id of another kind", 400, text_form(MessageSid="CA" + "a1" * 16), "field MessageSid"),
    Case("NumMedia=abc", 400, text_form(NumMedia="abc"), "field NumMedia"),
    Case("NumMedia of another script", 400, text_form(NumMedia="٣"), "field NumMedia"),
    Case("NumMedia below zero", 400, text_form(NumMedia="-1"), "field NumMedia"),
    Case("201 parameters", 400, [*text_form(), *((f"k{i}", "1") for i in range(181))], "malformed form"),
    Case("100 kB body", 413, text_form("A" * 100_000), "too large"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.label)
def test_a_signed_request_that_is_not_right_is_refused_and_changes_nothing(
    case: Case, client: FlaskClient, office: Office
) -> None:
    answer = post(client, "/sms", case.form)
    assert (answer.status_code, office.refused, office.heard) == (case.status, [case.reason], [])


REFUSED_UNSIGNED: list[tuple[str, int, str, dict[str, Any]]] = [
    ("no signature", 403, "POST", {"data": dict(text_form())}),
    ("empty signature", 403, "POST", {"data": dict(text_form()), "headers": {"X-Twilio-Signature": ""}}),
    ("bad signature", 403, "POST", {"data": dict(text_form()), "headers": {"X-Twilio-Signature": "AAAA"}}),
    ("signature that is no ASCII", 403, "POST", {"data": dict(text_form()), "headers": {"X-Twilio-Signature": "é"}}),
    ("JSON", 415, "POST", {"json": dict(text_form()), "headers": {"X-Twilio-Signature": sign(f"{BASE}/sms", [])}}),
    ("multipart", 415, "POST", {"data": {**dict(text_form()), "f": (BytesIO(b"x"), "f.txt")}}),
    ("no body at all", 415, "POST", {}),
    ("GET", 405, "GET", {"query_string": dict(text_form())}),
    ("PUT", 405, "PUT", {"data": dict(text_form())}),
    ("TRACE", 405, "TRACE", {}),
    ("bytes that are no UTF-8", 400, "POST", {"data": b"Body=%FF%FE", "content_type": FORM}),
    ("a lone surrogate", 400, "POST", {"data": b"Body=%ED%A0%BD", "content_type": FORM}),
    ("raw bytes that are no UTF-8", 400, "POST", {"data": b"Body=\xff", "content_type": FORM}),
]


@pytest.mark.parametrize(("label", "status", "method", "how"), REFUSED_UNSIGNED, ids=[r[0] for r in REFUSED_UNSIGNED])
def test_a_request_that_twilio_would_not_send_is_refused_and_changes_nothing(
    label: str, status: int, method: str, how: dict[str, Any], client: FlaskClient, office: Office
) -> None:
    answer = client.open("/sms", method=method, **how)
    assert (answer.status_code, len(office.refused), office.heard) == (status, 1, [])


HEARD = [
    ("a plain text", text_form("PAY"), {"text": "PAY"}),
    ("another number of the country", text_form(From="+12175550199"), {"who": Address("sms", "+12175550199")}),
    ("a number of another country", text_form(From="+442079460123"), {"who": Address("sms", "+442079460123")}),
    ("WhatsApp", text_form(From=f"whatsapp:{ANA}", To=f"whatsapp:{NUMBER}"), {"who": Address("whatsapp", ANA)}),
    ("an MMS", text_form("", MessageSid="MM" + "c3" * 16, **MEDIA), {"id": "MM" + "c3" * 16, "text": "", "media": 1}),
    ("ten pictures", text_form("PAY", NumMedia="10"), {"media": 10}),
    ("no NumMedia", text_form(NumMedia=None), {"media": 0}),
    ("no body", text_form(Body=None), {"text": ""}),
    ("emoji", text_form("\U0001f44d"), {"text": "\U0001f44d"}),
    ("base64", text_form("UEFZIG15IGJpbGw="), {"text": "PAY my bill"}),
    ("a tapback, as it came", text_form("Liked “Reply 1 to pay”"), {}),
    ("NUL", text_form("1\x00"), {"text": "", "readable": False}),
    ("STOP, answered by the carrier", text_form("STOP", OptOutType="STOP"), {"carrier_answered": "STOP"}),
    ("HELP, answered by the carrier", text_form("HELP", OptOutType="HELP"), {"carrier_answered": "HELP"}),
    ("an OptOutType we do not know", text_form(OptOutType="MAYBE"), {"carrier_answered": None}),
]


@pytest.mark.parametrize(("label", "form", "expected"), HEARD, ids=[case[0] for case in HEARD])
def test_a_text_is_heard_as_it_was_meant(
    label: str, form: list[tuple[str, str]], expected: dict[str, Any], client: FlaskClient, office: Office
) -> None:
    answer = post(client, "/sms", form)
    [heard] = office.heard
    assert answer.status_code == 200
    assert {name: getattr(heard, name) for name in expected} == expected


def test_every_field_of_a_message_comes_from_the_form(client: FlaskClient, office: Office) -> None:
    post(client, "/sms", text_form("BAL"))
    assert office.heard == [Message(id=SID, who=Address("sms", ANA), utility="prairie", text="BAL")]


def test_a_short_code_is_a_machine_and_gets_no_answer(client: FlaskClient, office: Office) -> None:
    answer = post(client, "/sms", text_form(From="72727"))
    assert (texts(answer.data), office.heard) == ([], [])


def texts(xml: bytes) -> list[str | None]:
    root = ElementTree.fromstring(xml)
    assert root.tag == "Response"
    assert {child.tag for child in root} <= {"Message"}
    return [child.text for child in root]


@pytest.mark.parametrize(
    "replies",
    [(), ("One.",), ("One.", "Two."), ("¿Cuánto? & <Response><Message>free</Message></Response> \"'",)],
    ids=["none", "one", "two", "needs escaping"],
)
def test_twilio_reads_each_text_of_the_reply_as_one_message(
    replies: tuple[str, ...], client: FlaskClient, office: Office
) -> None:
    office.replies = replies
    answer = post(client, "/sms", text_form())
    assert (answer.content_type, texts(answer.data)) == ("text/xml; charset=utf-8", list(replies))


def test_a_form_with_raw_utf8_in_place_of_escapes_is_read_too(client: FlaskClient, office: Office) -> None:
    body = urlencode(text_form("X")).replace("Body=X", "Body=niño")
    headers = {"X-Twilio-Signature": sign(f"{BASE}/sms", text_form("niño"))}
    assert client.post("/sms", data=body.encode(), content_type=FORM, headers=headers).status_code == 200
    assert office.heard[0].text == "niño"


def test_the_account_is_ours(client: FlaskClient, office: Office) -> None:
    assert post(client, "/sms", text_form(AccountSid=ACCOUNT)).status_code == 200
