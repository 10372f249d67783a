"""Card and social security numbers in a chat (RULES P1, P2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import find, mask, mask_digits
from bot.text import clean
from tests.bot.oracles import MISSING, load

PANS = [
    "4242424242424242",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3566002020360505",
    "6200000000000005",
    "4222222222222",
    "6304000000000000",
]
ATTACKS = {attack["id"]: attack for attack in load("attacks.json") if attack["cat"] == "pan-ssn"}
FOUND = {
    "X087": "card", "X089": "card", "X091": "card", "X093": "card", "X095": "card", "X097": None, "X099": "card",
    "X101": "ssn", "X103": None, "X105": None,
}  # fmt: skip


def luhn(number):
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def with_check_digit(number):
    return next(number + digit for digit in "0123456789" if luhn(number + digit))


numbers = st.text("0123456789", min_size=12, max_size=18).map(with_check_digit)
cards = st.sampled_from(PANS)
gaps = st.text(" .-/,\n\u2013•_", max_size=12)


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_an_attack_is_found_for_what_it_is(attack):
    assert find(clean(ATTACKS[attack]["input"])) == FOUND[attack]


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_no_log_keeps_the_digits_of_an_attack(attack):
    digits = [mark for mark in mask_digits(clean(ATTACKS[attack]["input"])) if mark.isdigit()]
    assert len(digits) < 5


@given(numbers)
def test_any_number_with_a_check_digit_in_one_piece_is_a_card(number):
    assert find(f"here {number} ok") == "card"


@given(cards, st.lists(gaps, min_size=19, max_size=19))
def test_a_card_is_found_however_parted(number, between):
    assert find(clean("".join(map("".join, zip(number, between, strict=False))))) == "card"


@given(numbers, st.integers(1, 6), st.sampled_from([" ", "-", ".", "\n", " - ", "\u2014"]))
def test_any_number_parted_evenly_is_a_card(number, size, gap):
    assert find(gap.join(number[at : at + size] for at in range(0, len(number), size))) == "card"


@given(
    cards.filter(lambda card: len(card) in (14, 15, 16)),
    st.text("0123456789", max_size=6),
    st.text("0123456789", max_size=6),
)
def test_a_card_inside_a_longer_number_is_found(number, before, after):
    assert find(before + number + after) == "card"


@pytest.mark.parametrize(
    "around", ["{} 02/30 123", "my card is {} exp 02/30 cvv 123", "{}\n12/27\n123", "visa:{}", "x{}x"]
)
@pytest.mark.parametrize("card", ["4242 4242 4242 4242", "5555555555554444", "3782 822463 10005"])
def test_a_card_is_found_in_a_sentence(around, card):
    assert find(around.format(card)) == "card"


def test_expiry_and_cvv_are_masked_with_the_card():
    assert mask("card 4242 4242 4242 4242 exp 02/30 cvv 123") == "card [hidden] exp [hidden] cvv [hidden]"


@pytest.mark.parametrize(
    "text",
    [
        "123-45-6789",
        "123 45 6789",
        "123\u201345\u20136789",
        "ssn 123456789",
        "123.45.6789",
        "mi seguro social es 123456789",
        "ssn 123 456 789",
        "SSN: 123-456-789",
        "my social is 123 456 789",
        "social security number 12 34 56 789",
        "ssn#123456789",
        "ssn123456789",
        "ssn 1 2 3 4 5 6 7 8 9",
        "mi seguro es 123-456-789",
        "123 456 789 is my ssn",
        "123-456-789 (my social)",
        "123456789 es mi numero de seguro social",
        "ssn 1234 56789",
        "ssn 123/456/789 zip 62701",
    ],
)
def test_a_social_security_number_is_found(text):
    assert find(text) == "ssn"


@pytest.mark.parametrize(
    "text",
    [
        "1", "1423 62701", "62701 1423", "84.20 11/25", "$1,084.20 11/25/2026", "2026-11-25 1084.20", "00 1234 5678",
        "001-234-5678", "0012345678", "987654321", "+1 217 555 0100", "(217) 555-0100",
        "my number is 0012345678 thanks", "ssn 001 234 5678", "my social club is at 1423 62701", "seguro, 1423 62701",
        "62701 1423 seguro", "estoy seguro, 184.20 11/25", "no estoy seguro 84.20 11/25/2026", "123 456 789",
        "123-456-789", "lesson 123456789", "antisocial 123456789", "seguro es $184.20 11/25",
        "150 11/2026", "", "4242424242424241", "$120.25 11/25/2026",
    ],
)  # fmt: skip
def test_what_people_answer_is_no_card(text):
    assert find(text) is None


@given(st.integers(1, 999_999), st.integers(0, 99999), st.integers(0, 9999))
def test_a_house_number_and_a_long_zip_are_no_card(house, zip_code, more):
    assert find(f"{house} {zip_code:05}-{more:04}") is None


@given(st.integers(0, 9_999_999), st.dates())
def test_a_printed_bill_is_no_card(cents, due):
    assert find(f"{cents // 100:,}.{cents % 100:02} {due.month}/{due.day}/{due.year:04}") is None


@given(cards, st.text())
def test_nothing_is_found_in_what_was_masked(number, around):
    masked = mask(f"{around} {number} {around}")
    assert find(masked) is None
    assert not any(mark.isdecimal() for mark in masked)


@given(st.text())
def test_text_without_a_card_stays_as_it_is(text):
    assert find(text) is not None or mask(text) == text


@given(st.text("0123456789 .-abc٣٤", max_size=60))
def test_a_masked_log_line_has_no_long_number(text):
    assert mask_digits(mask_digits(text)) == mask_digits(text)
