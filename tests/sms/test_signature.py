"""Who called is told by the signature alone, as Twilio's own SDKs compute it (RULES T1)."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from handlers.sms.form import Form
from handlers.sms.signature import Signature
from tests.sms.conftest import Office
from tests.sms.twilio_side import BASE, OLD_TOKEN, post, sign, status_form, text_form

VECTORS = Path(__file__).parents[3] / "shared/oracles/twilio/signature-vectors.json"
# The Python SDK reads these two URLs in another way than Twilio's other SDKs, and refuses what they accept. Ours are
# made of PUBLIC_BASE_URL, whose scheme is in small letters, and of queries that we wrote ourselves.
STRICTER = {"apostrophe in query", "credentials kept, upper-case scheme"}


def vectors() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        return []
    return [vector for vector in json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"] if "params" in vector]


@pytest.mark.skipif(not VECTORS.exists(), reason="the signature vectors are not on this machine (../shared/oracles)")
def test_the_vectors_are_all_there() -> None:
    assert len(vectors()) > 40


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: str(vector["name"]))
def test_a_published_vector_is_judged_as_published(vector: dict[str, Any]) -> None:
    form = Form()
    for name, value in vector["params"]:
        form.setdefault(name, []).append(value)
    judged = bool(vector["signature"]) and Signature([vector["token"]], "").holds(
        vector["url"], form, vector["signature"]
    )
    assert judged is (vector["valid"] and vector["name"] not in STRICTER)


def test_the_token_before_a_rotation_still_works(client: FlaskClient, office: Office) -> None:
    assert post(client, "/sms", text_form(), token=OLD_TOKEN).status_code == 200


def test_another_token_does_not(client: FlaskClient, office: Office) -> None:
    assert post(client, "/sms", text_form(), token="someone else's").status_code == 403
    assert office.refused == ["signature"]


def test_parameters_we_have_never_heard_of_are_part_of_the_signature(client: FlaskClient, office: Office) -> None:
    form = [*text_form(), ("ChannelMetadata", '{"type":"x"}'), ("NewThing", ""), ("NewThing", "b"), ("NewThing", "a")]
    assert post(client, "/sms", form).status_code == 200


def test_spaces_around_a_body_are_part_of_the_signature(client: FlaskClient, office: Office) -> None:
    assert post(client, "/sms", text_form("  PAY \n")).status_code == 200


def test_the_query_is_part_of_the_signature(client: FlaskClient, office: Office) -> None:
    signed_for = sign(f"{BASE}/sms/status?o=7", status_form())
    answer = client.post("/sms/status?o=8", data=dict(status_form()), headers={"X-Twilio-Signature": signed_for})
    assert answer.status_code == 403
    assert office.reports == []


def test_a_signature_for_the_other_route_does_not_work(client: FlaskClient, office: Office) -> None:
    signed_for = sign(f"{BASE}/sms/status", text_form())
    answer = client.post("/sms", data=dict(text_form()), headers={"X-Twilio-Signature": signed_for})
    assert answer.status_code == 403


def test_the_host_a_caller_claims_plays_no_part(client: FlaskClient, office: Office) -> None:
    signed_for = sign("https://evil.example/sms", text_form())
    claims = {"X-Twilio-Signature": signed_for, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.post("/sms", data=dict(text_form()), headers=claims).status_code == 403
