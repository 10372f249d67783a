"""The hostile inputs of the oracle, sent through the route: none is a 500, none reaches a person it is not for."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.sms.inbound import possible
from tests.sms.conftest import Office
from tests.sms.twilio_side import post, text_form

ATTACKS = Path(__file__).parents[3] / "shared/oracles/attacks.json"


def attacks(*states: str) -> list[dict[str, Any]]:
    if not ATTACKS.exists():
        return []
    return [
        attack
        for attack in json.loads(ATTACKS.read_text(encoding="utf-8"))
        if attack["state"] in states and not attack.get("raw")
    ]


def is_sendable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)  # no form can carry those


@pytest.mark.skipif(not ATTACKS.exists(), reason="the attacks are not on this machine (../shared/oracles)")
def test_the_attacks_are_all_there() -> None:
    assert len(attacks("any")) > 40
    assert len(attacks("from")) == 2


# What a form can carry: a lone surrogate (X029) can only come in JSON.
SENDABLE = [attack for attack in attacks("any") if is_sendable(attack["input"])]


@pytest.mark.parametrize("attack", SENDABLE, ids=lambda attack: f"{attack['id']} {attack['cat']}")
def test_an_attack_in_a_body_is_heard_as_words_alone(
    attack: dict[str, Any], client: FlaskClient, office: Office
) -> None:
    extra = {name: attack[name] for name in ("NumMedia", "MediaUrl0") if name in attack}
    answer = post(client, "/sms", text_form(attack["input"], **extra))
    assert answer.status_code == 200
    assert len(office.heard) == 1
    assert [child.tag for child in ElementTree.fromstring(answer.data)] == ["Message"]


@pytest.mark.parametrize("attack", SENDABLE, ids=lambda attack: f"{attack['id']} {attack['cat']}")
def test_even_an_attack_that_is_answered_with_its_own_words_is_one_message(
    attack: dict[str, Any], client: FlaskClient, office: Office
) -> None:
    said = "".join(char for char in attack["input"] if char.isprintable()) or "."  # as our sentences are
    office.replies = (said,)
    answer = post(client, "/sms", text_form())
    assert [child.text for child in ElementTree.fromstring(answer.data)] == [said]


@pytest.mark.parametrize("attack", attacks("from"), ids=lambda attack: str(attack["id"]))
def test_an_attack_in_the_sender_is_refused(attack: dict[str, Any], client: FlaskClient, office: Office) -> None:
    assert post(client, "/sms", text_form(From=attack["input"])).status_code == 400
    assert office.heard == []


def test_five_thousand_parameters_are_refused_before_the_signature(client: FlaskClient, office: Office) -> None:
    body = "&".join(f"k{i}=1" for i in range(5000))
    answer = client.post("/sms", data=body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, office.refused) == (400, ["malformed form"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(body=st.text(max_size=400), sender=st.text(max_size=20), media=st.text(max_size=4))
def test_no_signed_form_at_all_is_a_500(
    body: str, sender: str, media: str, client: FlaskClient, office: Office
) -> None:
    if is_sendable(body + sender + media):
        assert post(client, "/sms", text_form(body, From=sender, NumMedia=media)).status_code in (200, 400)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(body=st.binary(max_size=300))
def test_no_bytes_at_all_are_a_500(body: bytes, client: FlaskClient, office: Office) -> None:
    headers = {"X-Twilio-Signature": "x"}
    answer = client.post("/sms", data=body, content_type="application/x-www-form-urlencoded", headers=headers)
    assert answer.status_code in (400, 403)


@given(digits=st.text("0123456789", min_size=1, max_size=15))
def test_any_number_is_possible_or_not_without_an_error(digits: str) -> None:
    assert possible(f"+{digits}") in (True, False)
