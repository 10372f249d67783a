"""The receipt code: what is typed from paper leads to the token, however it is typed, and nothing else does."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.receipts.code import is_token, printed, token_of
from handlers.world import SystemChance

TOKENS = st.binary(min_size=16, max_size=16).map(lambda bits: urlsafe_b64encode(bits).decode().rstrip("="))
DASHES = st.sampled_from(["", "-", " ", " - ", "\u2013", "\u2014", ".", "\n", "\u00a0"])


@given(TOKENS)
def test_a_code_is_26_letters_in_groups_of_four_without_those_that_look_alike(token: str) -> None:
    groups = printed(token).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4, 4, 4, 2]
    assert not set("".join(groups)) - set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@given(TOKENS)
def test_a_code_leads_back_to_its_token(token: str) -> None:
    assert token_of(printed(token)) == token


@given(TOKENS, TOKENS)
def test_two_tokens_have_two_codes(one: str, other: str) -> None:
    assert (printed(one) == printed(other)) == (one == other)


@given(TOKENS, st.data())
def test_a_code_may_be_typed_in_any_of_many_ways(token: str, data: st.DataObject) -> None:
    looks_like = {"0": "0Oo", "1": "1IiLl"}
    letters = [looks_like.get(letter, letter + letter.lower()) for letter in printed(token).replace("-", "")]
    typed = data.draw(st.tuples(*(st.sampled_from(alike) for alike in letters)))
    dashes = data.draw(st.lists(DASHES, min_size=26, max_size=26))
    code = "".join(dash + letter for dash, letter in zip(dashes, typed, strict=True))
    assert token_of(code) == (token if len(code) <= 100 else None)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_a_code_or_is_not(typed: str) -> None:
    token = token_of(typed)
    assert token is None or is_token(token)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "8" + "0" * 25,  # more than 128 bits
        "0" * 25,
        "0" * 27,
        "U" + "0" * 25,
        "\u0660" * 26,  # zeros of another script
        "0" * 10**6,
    ],
)
def test_what_is_no_code_leads_nowhere(typed: str) -> None:
    assert token_of(typed) is None


def test_the_smallest_and_the_largest_code() -> None:
    assert token_of("0" * 26) == "A" * 22
    assert token_of("7" + "Z" * 25) == "_" * 21 + "w"


def test_every_real_token_has_a_code() -> None:
    assert all(token_of(printed(token)) == token for token in (SystemChance().token() for _ in range(100)))


def test_what_is_no_token_has_no_code() -> None:
    with pytest.raises(ValueError, match="not a token"):
        printed("x" * 22)
