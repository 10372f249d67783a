"""Text made safe, and folded (RULES S3)."""

import sys
import unicodedata
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import LONGEST, BadText, clean, fold, is_tapback, latin

anything = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


@pytest.mark.parametrize("raw", ["a\0b", "\ud83d", "hello \udfff"])
def test_nul_and_lone_surrogates_are_refused(raw):
    with pytest.raises(BadText):
        clean(raw)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  50  ", "50"),
        ("S\u200bT\u200bO\u200bP", "STOP"),
        ("50\u200b00", "50 00"),
        ("50\x0700", "50 00"),
        ("50\u200b\u200d00", "50 00"),
        ("STOP\u00a0", "STOP"),
        ("pay\t50", "pay 50"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\uff11\uff12\uff13", "123"),
        ("１４２３½ Oak", "1423 1⁄2 Oak"),
        ("50²", "50 2"),
        ("\x1b[2J\x1b[31mPAID", "[2J[31mPAID"),
        ("\x07\x08\x7f", ""),
        ("٣٤", "٣٤"),
        ("a\u3000b\u2028c", "a b c"),
        ("soft\xadhyphen", "softhyphen"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_gone(raw, cleaned):
    assert clean(raw) == cleaned


def test_every_control_and_format_character_is_removed():
    unseen = [chr(code) for code in range(1, sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf")]
    left = [mark for mark in unseen if mark != "\n" and clean(f"a{mark}b").replace("\n", " ") not in ("ab", "a b")]
    assert not left


def test_a_pile_of_accents_is_cut_down():
    assert len(clean("Z\u0351\u036b\u0343" * 400 + "\u0351" * 900)) <= LONGEST


def test_accents_piled_on_one_letter_are_at_most_three():
    assert clean("a" + "\u0351" * 900) == "a" + "\u0351" * 3


def test_a_long_text_is_cut_and_never_inside_a_letter():
    assert clean("x" * (LONGEST - 1) + "q\u0323\u0307" + "y") == "x" * (LONGEST - 1)


def test_a_long_plain_text_is_cut():
    assert len(clean("A" * 100_000)) == LONGEST


def packed(text):
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "Please stop texting me", "Mi número de cuenta es 0012345678", "line one\nline two", "wrong number. STOP!",
        "x y " * 200, "4242 4242 4242 4242", "unsubscribe me", "¿Cuánto debo este mes? Soy la señora Ibáñez",
    ],
)  # fmt: skip
def test_a_text_that_a_carrier_packed_as_base64_is_unpacked(text):
    assert clean(packed(text)) == clean(text)


def test_what_is_unpacked_is_made_safe_too():
    assert clean(packed("please S\u200bT\u200bO\u200bP  now\u00a0")) == "please STOP  now"
    assert clean(packed(" " + packed("please stop texting me"))) == "please stop texting me"


@pytest.mark.parametrize(
    "text",
    [
        "PAYPAYPAYPAYPAYP", "1234567890123456", "4242424242424242", "representativesa", "PayMyElectricBil", "a" * 16,
        "A" * 1600, "V" * 16, "STOPSTOPSTOPSTOP", "unsubscribeunsub", "aHR0cHM6Ly9wYXk", packed("STOP"),
        packed("pay 50"), packed("a\0b please stop"), packed("\x07\x08 please stop it"), packed("😀 😀😀😀😀"),
        packed("4242424242424242"), b64encode(bytes(range(200, 224))).decode(), "please " + packed("stop texting me"),
        packed("stop texting me") + "!", "cus_NffrFeUfNV2Hib12", "SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
    ],
)  # fmt: skip
def test_what_is_not_surely_packed_stays_as_it_is(text):
    assert clean(text) == text


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=48))
def test_a_long_token_is_left_alone(token):
    assert clean(token) == token


@given(anything)
def test_cleaning_twice_changes_nothing(raw):
    assert clean(clean(raw)) == clean(raw)


@given(anything)
def test_clean_text_has_no_control_characters_and_no_space_around(raw):
    cleaned = clean(raw)
    assert cleaned == cleaned.strip()
    assert not [mark for mark in cleaned if unicodedata.category(mark) in ("Cc", "Cf") and mark != "\n"]


@given(
    st.lists(st.text("0123456789", min_size=1), min_size=2, max_size=5), st.sampled_from("\u200b\u200d\x07\xad\u2060")
)
def test_no_number_grows_out_of_two(numbers, unseen):
    assert clean(unseen.join(numbers)).split() == numbers


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  ¡Ayuda! ", "ayuda"),
        ("Don't STOP", "dont stop"),
        ("don’t", "dont"),
        ("opt-out", "opt out"),
        ("ESPAÑOL", "espanol"),
        ("Sí, señor", "si senor"),
        ("yes 👍🏽", "yes"),
        ("1️⃣", "1"),
        ("a\n b", "a b"),
        ("", ""),
    ],
)
def test_words_are_compared_folded(text, folded):
    assert fold(text) == folded


@given(anything)
def test_folding_twice_changes_nothing(raw):
    assert fold(fold(raw)) == fold(raw)


@given(anything)
def test_folded_text_is_words_with_single_spaces(raw):
    assert all(word.isalnum() for word in fold(raw).split(" ") if fold(raw))


@pytest.mark.parametrize(
    ("text", "plain"), [("50 Dólares", "50 dolares"), ("💵50", " 50"), ("٣٤", None), ("£50", None)]
)
def test_parsers_read_ascii_or_nothing(text, plain):
    assert latin(text) == plain


@given(anything)
def test_what_parsers_read_is_ascii(raw):
    plain = latin(raw)
    assert plain is None or plain.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Reply 1 to pay”",
        "Loved “Reply YES to pay $120.00”",
        'Disliked "Reply 1 to pay"',
        "Laughed at “Pay $50”",
        "Emphasized “Pay $50”",
        "Questioned “Pay $50”",
        "Loved an image",
        "Le gustó “Responda 1 para pagar”",
        "Le encantó “Responda 1 para pagar”",
        "Reacted 😂 to “Reply 1 to pay”",
        "Reaccionó con 😂 a “Responda 1 para pagar”",
        "👍 to “Reply 1 to pay”",
        "\u200a\u200b👍\u200b to \u200a“\u200aReply 1 to pay\u200a”\u200a",
        "👍 a “Responda 1 para pagar”",
        "Removed a like from “Reply 1 to pay”",
        "Removed 👍 from “Reply 1 to pay”",
    ],
)
def test_a_reaction_is_known(text):
    assert is_tapback(clean(text))


@pytest.mark.parametrize(
    "text", ["1", "yes", "I liked it", "I like to pay 50", "👍", "50 to my account", '"1"', "loved it", "$ to pay", ""]
)
def test_what_a_person_typed_is_no_reaction(text):
    assert not is_tapback(clean(text))
