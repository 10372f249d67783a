"""The miniature Twilio, through the real SDK and against Twilio's own specification."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from sandbox.server import Sandbox
from sandbox.twilio_store import START_WORDS, STOP_WORDS
from tests.sandbox.oracles import oracle_json
from tests.sandbox.stub import NUMBER, SID, TOKEN, StubApp, Told

ANA, BEN = "+12175550111", "+12175550112"


def send(twilio: Client, body: str = "Hello", to: str = ANA, **more: Any) -> Any:
    return twilio.messages.create(to=to, from_=NUMBER, body=body, **more)


def signed(app: StubApp, told: Told) -> bool:
    signature = told.headers["X-Twilio-Signature"]
    return bool(RequestValidator(TOKEN).validate(app.url + told.path, told.form, signature))


def fetch(sandbox: Sandbox, path: str) -> Any:
    return requests.get(f"{sandbox.url}/2010-04-01/Accounts/{SID}/{path}", auth=(SID, TOKEN), timeout=5).json()


def message_schema() -> Any:
    spec = oracle_json("twilio/messages-spec.json")
    schemas = spec["components"]["schemas"]

    def plain(part: Any) -> Any:
        if isinstance(part, list):
            return [plain(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return plain(schemas[part["$ref"].rsplit("/", 1)[1]])
        kept = {name: plain(value) for name, value in part.items() if name != "nullable"}
        if part.get("nullable") and "type" in part:
            kept["type"] = [part["type"], "null"]
        return kept

    return plain(schemas["api.v2010.account.message"])


def test_a_text_that_is_sent_reaches_the_phone(twilio: Client, sandbox: Sandbox) -> None:
    made = send(twilio, "Your key is 123456")
    assert made.status == "queued"
    assert sandbox.quiet()
    assert sandbox.received(ANA) == ["Your key is 123456"]
    assert twilio.messages(made.sid).fetch().status == "delivered"


def test_every_message_is_as_twilio_prints_it(twilio: Client, sandbox: Sandbox) -> None:
    made = send(twilio)
    sandbox.text(ANA, "PAY", media=1)
    assert sandbox.quiet()
    page = fetch(sandbox, "Messages.json")
    assert len(page["messages"]) == 3
    for message in [*page["messages"], fetch(sandbox, f"Messages/{made.sid}.json")]:
        jsonschema.validate(message, message_schema())
        assert set(message) == set(message_schema()["properties"])


def test_status_callbacks_are_signed_and_come_in_order(twilio: Client, sandbox: Sandbox, app: StubApp) -> None:
    made = send(twilio, status_callback=f"{app.url}/sms/status")
    assert sandbox.quiet()
    told = app.of("/sms/status")
    assert [one.form["MessageStatus"] for one in told] == ["queued", "sent", "delivered"]
    assert {one.form["MessageSid"] for one in told} == {made.sid}
    assert all(signed(app, one) for one in told)


def test_a_phone_that_is_off_is_not_reached(twilio: Client, sandbox: Sandbox, app: StubApp) -> None:
    sandbox.switchboard.unreachable.add(ANA)
    send(twilio, status_callback=f"{app.url}/sms/status")
    assert sandbox.quiet()
    last = app.of("/sms/status")[-1].form
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")
    assert sandbox.received(ANA) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": "12"}, 21211),
        ({"from_": "+15005550006"}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"validity_period": 0}, 20001),
    ],
)
def test_wrong_messages_are_refused_as_twilio_does(twilio: Client, more: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(**{"to": ANA, "from_": NUMBER, "body": "Hello", **more})
    assert (caught.value.code, caught.value.status) == (code, 400)


def test_a_wrong_token_is_20003(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/2010-04-01/Accounts/{SID}/Messages.json", auth=(SID, "wrong"), timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_too_many_requests_are_20429(twilio: Client, sandbox: Sandbox) -> None:
    sandbox.fail_next("twilio", status=429)
    with pytest.raises(TwilioRestException) as caught:
        send(twilio)
    assert (caught.value.status, caught.value.code) == (429, 20429)
    assert sandbox.switchboard.messages.newest_first() == []


def test_an_answer_can_be_lost_after_the_text_went_out(twilio: Client, sandbox: Sandbox) -> None:
    sandbox.fail_next("twilio", lost=True, done=True)
    with pytest.raises(requests.exceptions.ConnectionError):
        send(twilio)
    assert sandbox.quiet()
    assert sandbox.received(ANA) == ["Hello"]


def test_messages_are_listed_by_who_and_when(twilio: Client, sandbox: Sandbox) -> None:
    send(twilio, "one")
    send(twilio, "two", to=BEN)
    assert sandbox.quiet()
    now = datetime.now(UTC)
    assert [one.body for one in twilio.messages.list(to=BEN)] == ["two"]
    assert len(twilio.messages.list(from_=NUMBER, date_sent_after=now - timedelta(minutes=5))) == 2
    assert twilio.messages.list(date_sent_after=now + timedelta(minutes=5)) == []
    assert twilio.messages.list(date_sent_before=now - timedelta(minutes=5)) == []
    assert len(twilio.messages.list(date_sent=now.date())) == 2


def test_lists_come_in_pages(twilio: Client, sandbox: Sandbox) -> None:
    for number in range(5):
        send(twilio, str(number))
    assert sandbox.quiet()
    assert [one.body for one in twilio.messages.list(page_size=2)] == ["4", "3", "2", "1", "0"]


def test_a_body_is_redacted_and_a_message_deleted(twilio: Client, sandbox: Sandbox, app: StubApp) -> None:
    sandbox.text(ANA, "4242 4242 4242 4242")
    sid = app.of("/sms")[0].form["MessageSid"]
    assert twilio.messages(sid).update(body="").body == ""
    assert twilio.messages(sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages(sid).fetch()
    assert caught.value.code == 20404


def test_a_text_arrives_signed_and_its_answer_is_seen(sandbox: Sandbox, app: StubApp) -> None:
    assert sandbox.text(ANA, "PAY & más <b>") == ["You said PAY & más <b>"]
    told = app.of("/sms")[0]
    assert signed(app, told)
    assert (told.form["From"], told.form["To"], told.form["AccountSid"]) == (ANA, NUMBER, SID)
    assert (told.form["NumMedia"], told.form["NumSegments"]) == ("0", "1")


def test_a_picture_arrives_with_its_address(sandbox: Sandbox, app: StubApp) -> None:
    sandbox.text(ANA, "", media=1)
    form = app.of("/sms")[0].form
    assert form["MessageSid"].startswith("MM")
    assert (form["Body"], form["NumMedia"], form["MediaContentType0"]) == ("", "1", "image/jpeg")


def test_signatures_are_made_for_the_apps_public_name(app: StubApp) -> None:
    public = "https://pay.example"
    with Sandbox(app.url, SID, TOKEN, "sk_test", "whsec", NUMBER, public_url=public) as sandbox:
        sandbox.text(ANA, "PAY")
        told = app.of("/sms")[0]
    assert RequestValidator(TOKEN).validate(f"{public}/sms", told.form, told.headers["X-Twilio-Signature"])


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "quit"])
def test_stop_reaches_the_app_and_blocks_every_send(twilio: Client, sandbox: Sandbox, app: StubApp, word: str) -> None:
    assert sandbox.text(ANA, word) == []
    assert len(app.of("/sms")) == 1
    assert len(sandbox.received(ANA)) == 1
    with pytest.raises(TwilioRestException) as caught:
        send(twilio)
    assert caught.value.code == 21610


def test_stop_in_a_sentence_blocks_nothing(twilio: Client, sandbox: Sandbox) -> None:
    sandbox.text(ANA, "STOP PLEASE")
    assert send(twilio).status == "queued"


def test_start_opens_again(twilio: Client, sandbox: Sandbox) -> None:
    sandbox.text(ANA, "STOP")
    sandbox.text(ANA, "START")
    assert send(twilio).status == "queued"


def test_the_keywords_are_those_that_twilio_documents() -> None:
    words = oracle_json("optout-keywords/keywords.json")["sources"]
    twilio = next(value for name, value in words.items() if name.startswith("twilio"))
    assert set(twilio["opt_out"]) == STOP_WORDS
    assert set(twilio["opt_in_long_code"]) == START_WORDS


def test_advanced_opt_out_names_the_keyword(sandbox: Sandbox, app: StubApp) -> None:
    sandbox.setting.advanced_opt_out = True
    sandbox.text(ANA, "STOP")
    assert app.of("/sms")[0].form["OptOutType"] == "STOP"


def test_an_app_that_fails_is_explained_on_the_phone(sandbox: Sandbox, app: StubApp) -> None:
    app.statuses = [503]
    assert sandbox.text(ANA, "PAY") == []
    assert sandbox.switchboard.phones[ANA][-1].body == "11200: the program answered 503"
