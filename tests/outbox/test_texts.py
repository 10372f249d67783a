"""Texts out through the real Twilio SDK, to a server of ours that answers as it is told."""

import base64
import json
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from twilio.rest import Client

from bot.errors import Refused, Unavailable
from bot.names import Address
from handlers.outbox.parcel import Unsure
from handlers.sms.sending import ForgetText, TwilioTexts
from handlers.sms.twilio_client import client
from tests.fakes import FakeClock
from tests.outbox.desk import ANA, WORDS
from tests.outbox.parcels import NOW, UTILITIES, delivery
from tests.outbox.stand_in import ACCOUNT, HANG_UP, SID, SILENCE, StandIn, stand_in

SPEC = Path(__file__).parents[3] / "shared/oracles/twilio/messages-spec.json"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
PUBLIC = "https://pay.prairie.example"


@pytest.fixture
def twilio() -> Iterator[StandIn]:
    with stand_in() as made:
        yield made


def made_client(url: str, timeout: float = 5.0) -> Iterator[Client]:
    made = client(ACCOUNT, "a token", url, timeout)
    yield made
    made.http_client.session.close()


@pytest.fixture
def sdk(twilio: StandIn) -> Iterator[Client]:
    yield from made_client(twilio.url)


@pytest.fixture
def texts(sdk: Client) -> TwilioTexts:
    return TwilioTexts(sdk, UTILITIES, PUBLIC, FakeClock(), nobodys)


def nobodys(_sid: str, _row: int) -> bool:
    return False


def error(status: int, code: int) -> tuple[int, dict[str, Any]]:
    message = f"The number {ANA.value} is wrong"
    return status, {"code": code, "message": message, "more_info": "https://twilio.example", "status": status}


def test_a_text_goes_from_the_utilitys_number_with_a_callback_that_names_our_row(
    twilio: StandIn, texts: TwilioTexts
) -> None:
    assert texts.carry(delivery(7)) == SID
    (request,) = twilio.requests
    assert (request.method, request.path) == ("POST", f"{MESSAGES}.json")
    assert request.authorization == "Basic " + base64.b64encode(f"{ACCOUNT}:a token".encode()).decode()
    assert request.form == {
        "To": ANA.value,
        "From": "+12175550100",
        "Body": WORDS,
        "StatusCallback": f"{PUBLIC}/sms/status?o=7",
    }


def test_on_whatsapp_both_ends_say_so(twilio: StandIn, texts: TwilioTexts) -> None:
    texts.carry(delivery(recipient=Address("whatsapp", ANA.value).reveal()))
    form = twilio.requests[0].form
    assert (form["To"], form["From"]) == (f"whatsapp:{ANA.value}", "whatsapp:+12175550100")


def test_a_web_chat_cannot_be_texted(texts: TwilioTexts) -> None:
    with pytest.raises(Refused, match="web chat"):
        texts.carry(delivery(recipient="web:abc"))


@pytest.mark.parametrize(("left", "seconds"), [(599.9, "599"), (600, "600"), (0.2, "1"), (86_400, "36000")], ids=str)
def test_twilio_keeps_a_text_no_longer_than_it_is_good_for(
    twilio: StandIn, texts: TwilioTexts, left: float, seconds: str
) -> None:
    texts.carry(delivery(category="key", expires_at=NOW + timedelta(seconds=left)))
    assert twilio.requests[0].form["ValidityPeriod"] == seconds


def test_every_request_to_send_is_one_that_twilio_documents(twilio: StandIn, texts: TwilioTexts) -> None:
    texts.carry(delivery(category="key", expires_at=NOW + timedelta(minutes=10)))
    spec = documented()
    body = spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]["requestBody"]
    form: dict[str, Any] = dict(twilio.requests[0].form)
    form["ValidityPeriod"] = int(form["ValidityPeriod"])  # on the wire all is text
    check(spec, body, form)


def test_every_request_to_forget_is_one_that_twilio_documents(twilio: StandIn, sdk: Client) -> None:
    ForgetText(sdk).carry(delivery(kind="forget_text", recipient=None, body={"message": SID}))
    spec = documented()
    body = spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"]["post"]["requestBody"]
    check(spec, body, twilio.requests[0].form)


def test_every_request_to_look_is_one_that_twilio_documents(twilio: StandIn, texts: TwilioTexts) -> None:
    twilio.answers = [(200, listed()), (201, {"sid": SID})]
    texts.carry(delivery(unsure_since=NOW))
    known = documented()["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["get"]["parameters"]
    assert set(twilio.requests[0].query) <= {parameter["name"] for parameter in known}


def documented() -> dict[str, Any]:
    if not SPEC.exists():
        pytest.skip("Twilio's specification is not here (../shared/oracles)")
    found: dict[str, Any] = json.loads(SPEC.read_text())
    return found


def check(spec: dict[str, Any], body: dict[str, Any], form: dict[str, Any]) -> None:
    schema = body["content"]["application/x-www-form-urlencoded"]["schema"]
    jsonschema.validate(form, schema | {"additionalProperties": False, "components": spec["components"]})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error(429, 20429), Unavailable),
        (error(400, 20429), Unavailable),
        (error(401, 20003), Unavailable),
        (error(403, 20003), Unavailable),
        (error(500, 20500), Unsure),
        (error(503, 20503), Unsure),
        ((502, {}), Unsure),
        ((201, {}), Unsure),
        (HANG_UP, Unsure),
    ],
    ids=str,
)
def test_what_twilio_surely_did_not_take_is_told_from_what_it_may_have(
    twilio: StandIn, texts: TwilioTexts, answer: tuple[int, dict[str, Any]], expected: type[Exception]
) -> None:
    twilio.answers = [answer]
    with pytest.raises(expected):
        texts.carry(delivery())
    assert len(twilio.requests) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (21610, "opted out"),
        (21211, "not a phone number"),
        (21614, "not a mobile number"),
        (21408, "country not allowed"),
        (30007, "filtered by the carrier"),
        (29999, "twilio 29999"),
    ],
)
def test_a_refusal_is_a_word(twilio: StandIn, texts: TwilioTexts, code: int, reason: str) -> None:
    twilio.answers = [error(400, code)]
    with pytest.raises(Refused) as refusal:
        texts.carry(delivery())
    assert refusal.value.reason == reason


def test_no_error_shows_what_twilio_said_about_the_number(twilio: StandIn, texts: TwilioTexts) -> None:
    twilio.answers = [error(400, 21211)]
    with pytest.raises(Refused) as refusal:
        texts.carry(delivery())
    assert refusal.value.__suppress_context__
    assert ANA.value not in str(refusal.value)


def test_without_a_connection_nothing_was_sent() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, but nobody listens
        for sdk in made_client(f"http://127.0.0.1:{closed.getsockname()[1]}"):
            with pytest.raises(Unavailable):
                TwilioTexts(sdk, UTILITIES, PUBLIC, FakeClock(), nobodys).carry(delivery())


def test_without_an_answer_in_time_it_may_have_been_sent(twilio: StandIn) -> None:
    twilio.answers = [SILENCE]
    for sdk in made_client(twilio.url, timeout=0.3):
        with pytest.raises(Unsure):
            TwilioTexts(sdk, UTILITIES, PUBLIC, FakeClock(), nobodys).carry(delivery())


def listed(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"messages": list(messages), "next_page_uri": None, "page": 0, "page_size": 100}


def listed_text(body: str = WORDS, made: datetime = NOW, sid: str = "SM" + "c" * 32) -> dict[str, Any]:
    return {"sid": sid, "body": body, "date_created": format_datetime(made), "status": "delivered"}


def test_after_a_lost_answer_a_text_that_did_go_out_is_found_and_not_sent_again(
    twilio: StandIn, texts: TwilioTexts
) -> None:
    twilio.answers = [(200, listed(listed_text("Something else."), listed_text()))]
    assert texts.carry(delivery(unsure_since=NOW)) == "SM" + "c" * 32
    (looked,) = twilio.requests
    assert (looked.method, looked.query["To"]) == ("GET", ANA.value)


@pytest.mark.parametrize(
    "found",
    [
        listed(),
        listed(listed_text("Something else.")),
        listed(listed_text(made=datetime(2026, 11, 22, 17, 30, tzinfo=UTC))),
    ],
    ids=["nothing", "other words", "the same words half an hour before"],
)
def test_after_a_lost_answer_a_text_that_did_not_go_out_is_sent(
    twilio: StandIn, texts: TwilioTexts, found: dict[str, Any]
) -> None:
    twilio.answers = [(200, found), (201, {"sid": SID})]
    assert texts.carry(delivery(unsure_since=NOW)) == SID


@pytest.mark.parametrize("answer", [error(500, 20500), HANG_UP, error(429, 20429)], ids=str)
def test_while_twilio_cannot_be_asked_nothing_is_sent(
    twilio: StandIn, texts: TwilioTexts, answer: tuple[int, dict[str, Any]]
) -> None:
    twilio.answers = [answer]
    with pytest.raises(Unavailable):
        texts.carry(delivery(unsure_since=NOW))
    assert [request.method for request in twilio.requests] == ["GET"]


def test_nothing_of_a_text_is_logged(twilio: StandIn, texts: TwilioTexts, caplog: pytest.LogCaptureFixture) -> None:
    twilio.answers = [(200, listed()), (201, {"sid": SID})]
    with caplog.at_level(logging.DEBUG):
        texts.carry(delivery(unsure_since=NOW))
    assert "5550141" not in caplog.text
    assert WORDS not in caplog.text


FORGET = {"kind": "forget_text", "recipient": None, "body": {"message": SID}}


def test_a_text_is_forgotten_by_emptying_its_body(twilio: StandIn, sdk: Client) -> None:
    ForgetText(sdk).carry(delivery(**FORGET))
    assert twilio.requests[0].path == f"{MESSAGES}/{SID}.json"
    assert twilio.requests[0].form == {"Body": ""}


def test_a_text_that_twilio_does_not_have_is_forgotten(twilio: StandIn, sdk: Client) -> None:
    twilio.answers = [error(404, 20404)]
    ForgetText(sdk).carry(delivery(**FORGET))


@pytest.mark.parametrize("answer", [error(409, 20009), error(500, 20500), HANG_UP], ids=str)
def test_what_could_not_be_forgotten_yet_is_tried_again(
    twilio: StandIn, sdk: Client, answer: tuple[int, dict[str, Any]]
) -> None:
    twilio.answers = [answer]
    with pytest.raises(Unavailable):
        ForgetText(sdk).carry(delivery(**FORGET))


def test_what_twilio_will_not_forget_is_refused(twilio: StandIn, sdk: Client) -> None:
    twilio.answers = [error(400, 20001)]
    with pytest.raises(Refused):
        ForgetText(sdk).carry(delivery(**FORGET))


def test_without_a_setting_the_client_speaks_to_twilio_itself() -> None:
    made = client(ACCOUNT, "a token")
    assert made.http_client._moved("https://api.twilio.com/x") == "https://api.twilio.com/x"
    made.http_client.session.close()
