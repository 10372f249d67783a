"""Every hostile or odd input of the oracle, texted to the real program at the step it is meant for.

Never a 5xx, never more than one message, never the words back; and of cards and identity numbers nothing stays.
"""

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from bot.names import Address
from bot.text import BadText, clean
from sandbox.server import Sandbox
from tests import cast
from tests.stage import RoutesStage, make_sandbox
from tests.valkey import redis_url  # noqa: F401

ORACLE = Path(__file__).parents[3] / "shared/oracles/attacks.json"
STEPS = ("any", "account", "amount", "confirm", "otp", "keyword", "name", "from")
STRANGER = "+12175550199"

# What is texted before, so that the step the attack is meant for comes next.
BEFORE = {
    "account": ("PAY",),
    "name": ("PAY",),
    "otp": ("PAY", cast.ANA.reveal(), "1423 62701"),
    "amount": ("PAY", "1"),
    "keyword": ("PAY", "1"),
    "confirm": ("PAY", "1", "1"),
}
HOLDER = ("amount", "keyword", "confirm")  # texted from the phone on file, which gets there without a key


def attacks() -> list[dict[str, Any]]:
    if not ORACLE.exists():
        return []
    return [one for one in json.loads(ORACLE.read_text("utf-8")) if one["state"] in STEPS and not one.get("raw")]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with make_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def stage(sandbox: Sandbox, tmp_path: Path, redis_url: str) -> Iterator[RoutesStage]:  # noqa: F811
    stage = RoutesStage(sandbox, tmp_path, redis_url)
    yield stage
    stage.close()


def test_the_oracle_is_there() -> None:
    if not attacks():
        missing = "no attacks on this machine (../shared/oracles/attacks.json)"
        (pytest.fail if os.environ.get("GUESTPAY_REQUIRE_ALL") == "1" else pytest.skip)(missing)


def attack_with(stage: RoutesStage, attack: dict[str, Any]) -> tuple[str, int, list[str]]:
    """Get to the step, attack; the phone, the status and the texts of the answer."""
    phone = (cast.ANAS_PHONE if attack["state"] in HOLDER else cast.ELIS_PHONE).reveal()
    for words in BEFORE.get(attack["state"], ()):
        stage.say(phone, words)
    more = {name: attack[name] for name in ("NumMedia", "MediaUrl0") if name in attack}
    form = {"From": phone, "Body": attack["input"], **more}
    if attack["state"] == "from":
        form |= {"From": attack["input"], "Body": "PAY"}
    try:
        attack["input"].encode()
    except UnicodeEncodeError:  # half a character, which no form can carry: as bytes, then
        body = f"From={quote(phone)}&Body={quote(attack['input'].encode(errors='surrogatepass'))}"
        answer = stage.web.post("/sms", data=body, content_type="application/x-www-form-urlencoded")
    else:
        answer = stage.post("SM" + "a" * 32, **form)
    if answer.status_code != 200:
        return phone, answer.status_code, []
    texts = ["".join(said.itertext()) for said in ElementTree.fromstring(answer.data).iter("Message")]
    return phone, answer.status_code, texts


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: f"{attack['id']} {attack['cat']} {attack['state']}")
def test_an_attack_gets_one_message_at_most_and_harms_nothing(attack: dict[str, Any], stage: RoutesStage) -> None:
    phone, status, texts = attack_with(stage, attack)
    assert status in (200, 400, 403)
    assert len(texts) <= 1
    assert not says_it_back(attack, "".join(texts))
    assert stage.program.services.payments.latest("prairie", Address("sms", phone)) is None
    assert len(stage.say(STRANGER, "PAY")) == 1


def says_it_back(attack: dict[str, Any], said: str) -> bool:
    """Whether the answer holds what was sent. A keyword and a sum have answers of their own, which may name them."""
    words = attack["input"].strip()
    if words == "{{7*7}}":
        return "49" in said
    expected = attack["cat"] == "amount" or "keyword" in (attack["cat"], attack["state"])
    return not expected and len(words) > 3 and words in said


@pytest.mark.parametrize(
    "attack",
    [one for one in attacks() if one["cat"] == "pan-ssn"],
    ids=lambda attack: f"{attack['id']} {attack['state']}",
)
@pytest.mark.parametrize("step", ["any", "account", "otp", "amount", "confirm"])
def test_nothing_of_a_card_or_an_identity_number_stays(
    attack: dict[str, Any], step: str, stage: RoutesStage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone, _, texts = attack_with(stage, {**attack, "state": step})
    stage.arrived()
    spelled = spellings(attack["input"])
    # Nine digits may be an account number without its zero: where one is asked for, the session has to keep it, sealed.
    kept = at_rest(stage, tmp_path) + (b"" if (step, attack["id"]) == ("account", "X103") else session(stage, phone))
    assert [one for one in spelled if one in kept] == []
    assert [one for one in spelled if one.decode() in caplog.text + "".join(texts)] == []


def spellings(text: str) -> list[bytes]:
    """The input as it came, cleaned, and its long numbers in digits alone."""
    try:
        cleaned = clean(text)
    except BadText:
        cleaned = text
    numbers = re.findall(r"\d{9,}", re.sub(r"(?<=\d)[ .-](?=\d)", "", cleaned))
    return [one.encode() for one in {text, cleaned, *numbers}]


def at_rest(stage: RoutesStage, folder: Path) -> bytes:
    """The files of the database, and Redis as it is."""
    redis = stage.program.redis
    kept = [path.read_bytes() for path in folder.glob("guestpay.db*")]
    return b"\n".join(kept + [key + b" " + (redis.get(key) or b"") for key in redis.scan_iter()])


def session(stage: RoutesStage, phone: str) -> bytes:
    """The person's session and what outlives it, unsealed."""
    with stage.program.sessions.open(Address("sms", phone), None) as visit:
        visit.keep, visit.leave = visit.session, visit.remains
        return (visit.session or b"") + (visit.remains or b"")
