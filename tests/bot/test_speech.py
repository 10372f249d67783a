"""Speech: sentences and their slots; nothing a person typed is ever a template."""

import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import Money
from bot.segments import count
from bot.speech import Say, Speech, spoken

SPEECH = Speech({"en": {"t.hello": "Hello {name}, you owe {sum}."}, "es": {"t.hello": "Hola {name}, debe {sum}."}})
COPY = Speech.load(Path(__file__).resolve().parents[2] / "flows" / "copy")
HEARING = sorted(key for key in COPY.copies["en"] if key.startswith("hearing."))


def test_a_sentence_is_said_in_either_language():
    say = Say("t.hello", {"name": "Ana", "sum": Money(8420)})
    assert SPEECH.say(say, "en") == "Hello Ana, you owe $84.20."
    assert SPEECH.say(say, "es") == "Hola Ana, debe $84.20."


@given(st.text())
def test_a_slot_is_said_as_it_is_and_never_read_as_a_template(typed):
    assert SPEECH.say(Say("t.hello", {"name": typed, "sum": 1}), "en") == f"Hello {typed}, you owe 1."


@pytest.mark.parametrize("say", [Say("t.hello", {"name": "Ana"}), Say("t.hello"), Say("t.missing")])
def test_a_missing_slot_or_sentence_is_a_bug(say):
    with pytest.raises(KeyError):
        SPEECH.say(say, "en")


def test_an_unknown_language_is_a_bug():
    with pytest.raises(KeyError):
        SPEECH.say(Say("t.hello", {"name": "Ana", "sum": 1}), "fr")


def test_the_slots_of_a_sentence_are_known():
    assert SPEECH.slots("t.hello", "es") == {"name", "sum"}


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (Money(108420), "$1,084.20", "$1,084.20"),
        (Money(-300), "-$3.00", "-$3.00"),
        (Money(5), "$0.05", "$0.05"),
        (Money(100, "EUR"), "EUR 1.00", "EUR 1.00"),
        (date(2026, 11, 25), "Nov 25", "25 nov"),
        (datetime(2026, 11, 25, 15, 40, tzinfo=UTC), "3:40 PM", "3:40 PM"),
        (datetime(2026, 11, 25, 0, 5, tzinfo=UTC), "12:05 AM", "12:05 AM"),
        (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), "12:00 PM", "12:00 PM"),
        (3, "3", "3"),
        ("Ana", "Ana", "Ana"),
    ],
)
def test_values_are_said_as_people_say_them(value, english, spanish):
    assert (spoken(value, "en"), spoken(value, "es")) == (english, spanish)


@given(st.integers(-(10**12), 10**12))
def test_money_is_said_with_all_its_digits(cents):
    said = spoken(Money(cents), "en")
    assert "".join(mark for mark in said if mark in string.digits).lstrip("0") == str(abs(cents)).lstrip("0")


@given(st.dates())
def test_a_date_is_said_in_plain_letters(day):
    assert count(spoken(day, "en") + spoken(day, "es")).encoding == "GSM-7"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", HEARING)
def test_each_sentence_that_helps_is_one_segment(key, language):
    said = COPY.say(Say(key, {"example": "01234567890123456789"}), language)
    assert (count(said).segments, count(said).encoding) == (1, "GSM-7")
