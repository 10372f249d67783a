"""The sentences: in every language, with the same slots, short, and allowed on SMS."""

import re
from pathlib import Path

import pytest

from bot.segments import count
from bot.speech import Say, Speech
from flows.slots import EXAMPLES

SPEECH = Speech.load(Path(__file__).parents[2] / "flows" / "copy")
KEYS = sorted(SPEECH.copies["en"])
NOT_TEXTED = ("pages.", "keys.email", "keys.subject", "receipts.email")
TEXTED = [key for key in KEYS if not key.startswith(NOT_TEXTED)]
BOTH = [(key, language) for language in SPEECH.copies for key in TEXTED]

# Each costs a second segment, and says why it may.
FIRST_KEY = "our first text to somebody must also say what it costs, and how to get help and stop (RULES W8)"
MAY_BE_LONG = {("keys.text_first", "en"): FIRST_KEY, ("keys.text_first", "es"): FIRST_KEY}


@pytest.mark.parametrize("language", SPEECH.copies)
def test_every_language_has_the_same_sentences(language):
    assert sorted(SPEECH.copies[language]) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_every_language_has_the_same_slots(key):
    assert SPEECH.slots(key, "es") == SPEECH.slots(key, "en")


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_a_text_is_one_segment(key, language):
    words = SPEECH.say(Say(key, EXAMPLES), language)
    measured = count(words)
    most = 2 if (key, language) in MAY_BE_LONG else 1
    assert measured.segments <= most, f"{measured} {words}"


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_no_text_asks_for_a_word_that_the_carrier_takes(key, language):
    """RULES W5: such a word would opt the person out, or be answered by the carrier in our place."""
    words = SPEECH.copies[language][key]
    assert not re.search(r"\b(CANCEL|END|QUIT|START|INFO|YES|SI|STOPALL|UNSUBSCRIBE|REVOKE)\b", words)
    if re.search(r"\b(STOP|HELP|AYUDA)\b", words):
        assert key in ("anywhere.first_contact", "anywhere.help", "anywhere.opted_in", "keys.text_first")


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_a_text_is_plain(key, language):
    words = SPEECH.copies[language][key]
    sentences = re.split(r"(?<=[.?!:])\s", re.sub(r"\{\w+\}", "x", words))
    assert max(len(sentence.split()) for sentence in sentences) <= 24
    assert words.isprintable()
    assert words == words.strip()
