"""When a turn fails, the person reads that it did not work and what to do, and the operator finds why (RULES S9)."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from bot.errors import Unavailable
from handlers.console.logs import JsonLines
from tests.sms.conftest import Office
from tests.sms.twilio_side import ANA, post, status_form, text_form


def test_a_counterpart_that_is_away_gets_a_kind_sentence(client: FlaskClient, office: Office) -> None:
    office.trouble = Unavailable("redis")
    answer = post(client, "/sms", text_form())
    assert (answer.status_code, office.failed) == (200, ["unavailable"])
    assert "<Message>Sorry, try again in a minute.</Message>" in answer.text


def test_a_bug_gets_a_sentence_with_a_reference(client: FlaskClient, office: Office) -> None:
    office.trouble = KeyError("no such step")
    answer = post(client, "/sms", text_form())
    assert (answer.status_code, office.failed) == (200, ["broken"])
    assert "Call (217) 555-0199 and say " in answer.text


def test_the_log_of_a_bug_bears_the_reference_and_nothing_of_the_person(
    client: FlaskClient, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.trouble = RuntimeError(f"cannot send to {ANA}: 4242 4242 4242 4242")
    answer = post(client, "/sms", text_form("my key is 123456"))
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    line = json.loads(JsonLines().format(record))
    assert line["ref"] in answer.text
    assert line["error"][-1] == "RuntimeError: cannot send to [number]: [number]"
    assert not any(private in str(line) for private in ("2175550123", "4242", "123456"))


def test_a_refusal_is_one_log_line_without_anything_that_was_sent(
    client: FlaskClient, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.post("/sms", data=dict(text_form("my key is 123456")))
    [record] = caplog.records
    line = json.loads(JsonLines().format(record))
    assert (line["event"], line["reason"], line["status"], line["route"]) == ("refused", "no signature", 403, "/sms")
    assert "123456" not in str(line)


def test_after_trouble_the_next_turn_works(client: FlaskClient, office: Office) -> None:
    office.trouble = Unavailable("redis")
    post(client, "/sms", text_form())
    office.trouble = None
    assert "What is the account number?" in post(client, "/sms", text_form()).text


def test_a_report_that_cannot_be_kept_is_a_503(client: FlaskClient, office: Office) -> None:
    office.trouble = Unavailable("sql")
    assert post(client, "/sms/status", status_form()).status_code == 503
