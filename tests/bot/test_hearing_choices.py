"""Hearing a choice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import Choice
from bot.anywhere import WORDS
from bot.consent_words import is_help, is_opt_in, is_opt_out
from bot.hearing import YES, one_of
from bot.text import fold
from tests.bot.hearing import anything, heard, typed, understood

CONFIRM = one_of(3, {"pay": 1, "pagar": 1, "yes": 1, "sí": 1, "ok": 1, "no": 2, "other sum": 2})


@pytest.mark.parametrize(
    "text",
    [
        "1", "1.", "1)", "(1)", "#1", "option 1", "opción 1", "one", "uno", "pay", "PAY!", "yes ", "Sí", "ok",
        "YES YES YES", "pay 1", "1 please", "yes, pay", "1️⃣", "ok pay", "１",
    ],
)  # fmt: skip
def test_a_choice_is_heard(text):
    assert heard(CONFIRM, text) == Choice(1)


PAYING = one_of(3, {"pay": 1, "pagar": 1, **dict.fromkeys(YES, 1)})


@pytest.mark.parametrize(
    "text",
    [
        "sure", "Yep", "y", "yes please", "Sí, por favor", "dale", "Claro", "ok pay", "PAY NOW!", "Yes.", "yup", "yeah",
        "Yes, please pay", "sure thing", "ok", "okay", "OK!", "yes now", "si ahora", "pagar ya", "por supuesto",
        "claro que sí", "Yes sir", "pay it", "sure, pay", "sip", "de acuerdo", "correct", "confirm", "pay 1 now",
        "go ahead",
    ],
)  # fmt: skip
def test_yes_has_many_forms(text):
    assert heard(PAYING, text) == Choice(1)


@pytest.mark.parametrize(
    "text",
    [
        "yes no", "not yet", "dont pay", "don't pay", "no", "not now", "ya no", "claro que no", "no claro", "now", "ya",
        "please", "yes but 50", "yes 50", "ok wait", "si no", "not sure", "I'm not sure", "no estoy seguro", "y 2 y 3",
        "pay 50", "pay half", "yes?no", "no pay", "pay nothing", "no pagar", "are you sure", "pay later",
        "ok no", "nope",
    ],
)  # fmt: skip
def test_no_yes_is_heard_in_anything_else(text):
    assert not understood(heard(PAYING, text))


def test_no_form_of_yes_means_anything_else():
    assert [word for word in YES if fold(word) != word or word in WORDS or is_opt_in(word) or is_help(word)] == []
    assert [word for word in YES if is_opt_out(word, "sms")] == []


@pytest.mark.parametrize("text", ["2", "no", "other sum", "Other sum, please", "two"])
def test_another_choice_is_heard(text):
    assert heard(CONFIRM, text) == Choice(2)


@pytest.mark.parametrize("text", ["yes no", "pay 2", "no, pay"])
def test_two_answers_are_asked_back(text):
    assert heard(CONFIRM, text) == "?choice.one"


@pytest.mark.parametrize(
    "text",
    [
        "4", "0", "11", "1 1", "12", "1.1", "1/2", "1,2", "-1", "$1", "1%", "1+1", "don't pay", "not 1", "please",
        "", "👍", "١", "²1", "Liked “Reply YES to pay $120.00”", "Liked “1”", "👍 to “1”", "Le gustó “1”",
        "yes but wait", "one two", "other",
    ],
)  # fmt: skip
def test_anything_else_is_no_choice(text):
    assert not understood(heard(CONFIRM, text))


@given(typed | anything)
def test_a_choice_heard_is_one_that_was_offered(text):
    answer = heard(CONFIRM, text)
    assert not understood(answer) or 1 <= answer.number <= 3


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_number_is_heard_up_to_the_highest(number, highest):
    assert understood(heard(one_of(highest), str(number))) == (number <= highest)
