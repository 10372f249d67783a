"""The signature: checked with the published key, as docs/receipts.md says; broken by any change of the facts."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from handlers.receipts.signing import PURPOSE, Signer
from handlers.sealing import Sealer
from tests.payments.world import World
from tests.receipts.reading import proof

OLD, NEW = b"o" * 32, b"n" * 32
TEXT = "guestpay-receipt: 2\ntotal: 85.95\n"


def documented_check() -> str:
    """The Python of docs/receipts.md."""
    page = (Path(__file__).parents[2] / "docs" / "receipts.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found
    return found[1]


def check(proof: bytes, keys: dict[str, object]) -> str:
    """Run it. The text if it is genuine."""
    space: dict[str, object] = {}
    exec(documented_check(), space)
    text = space["checked"](proof, json.dumps(keys))  # type: ignore[operator]
    assert isinstance(text, str)
    return text


def signer(*keys: bytes) -> Signer:
    return Signer(Sealer(keys).seeds(PURPOSE))


def test_a_real_proof_holds_by_the_documented_check_and_the_published_keys(world_on_sqlite: World) -> None:
    world = world_on_sqlite
    record = world.link()
    world.pay(record)
    served = world.web.get(f"/r/{record.receipt_token}.json").data
    assert check(served, world.web.get("/r/keys").get_json()) == proof(world, record)["text"]


def test_the_documented_check_is_short() -> None:
    assert len([line for line in documented_check().splitlines() if line]) <= 15


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8"))
def test_a_change_of_any_letter_breaks_it(at: int, letter: str) -> None:
    ours = signer(NEW)
    changed = TEXT[:at] + letter + TEXT[at + 1 :]
    forged = {**json.loads(ours.sign(TEXT).json()), "text": changed}
    if changed == TEXT:
        return
    with pytest.raises(InvalidSignature):
        check(json.dumps(forged).encode(), ours.keys)


def test_another_key_breaks_it() -> None:
    forged = json.loads(signer(OLD).sign(TEXT).json())
    ours = signer(NEW).keys
    with pytest.raises(InvalidSignature):
        check(json.dumps({**forged, "key": ours["keys"][0]["kid"]}).encode(), ours)


def test_a_key_that_is_not_published_is_refused() -> None:
    with pytest.raises(KeyError):
        check(signer(OLD).sign(TEXT).json(), signer(NEW).keys)


def test_a_proof_of_before_a_change_of_keys_holds_after_it() -> None:
    assert check(signer(OLD).sign(TEXT).json(), signer(NEW, OLD).keys) == TEXT


def test_the_first_key_signs() -> None:
    rotated = signer(NEW, OLD)
    assert rotated.sign(TEXT) == signer(NEW).sign(TEXT)
    assert [key["kid"] for key in rotated.keys["keys"]] == [signer(key).sign(TEXT).key for key in (NEW, OLD)]


def test_a_key_that_is_there_twice_is_published_once() -> None:
    assert signer(OLD, NEW, OLD).keys == signer(OLD, NEW).keys


def test_nothing_but_public_halves_is_published(world_on_sqlite: World) -> None:
    answer = world_on_sqlite.web.get("/r/keys")
    (key,) = answer.get_json()["keys"]
    assert sorted(key) == ["crv", "kid", "kty", "use", "x"]
    seeds = Sealer([b"k" * 32]).seeds(PURPOSE)
    assert urlsafe_b64decode(f"{key['x']}=") not in (b"k" * 32, *seeds)
    assert urlsafe_b64encode(seeds[0]).rstrip(b"=") not in answer.data


def test_the_keys_may_be_kept_for_an_hour(world_on_sqlite: World) -> None:
    assert world_on_sqlite.web.get("/r/keys").headers["Cache-Control"] == "public, max-age=3600"
