"""Hearing account numbers, service addresses and keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import HouseAndZip, Key, Word
from bot.hearing import account_number, key, key_or_word, service_address
from bot.names import AccountNumber
from tests.bot.hearing import anything, heard, typed, understood


@pytest.mark.parametrize(
    "text",
    [
        "0012345678", "12345678", "00123-45678", "001 234 5678", "00.12345.678", "#0012345678", "acct #0012345678",
        "it's 0012345678", "my account number is 12345678.", "cuenta no. 0012345678",
        "Mi número de cuenta es 0012345678", "OO12345678", "00l2345678", "OOI2345678", "００１２３４５６７８",
        "0012\u200b345678", "(0012345678)",
    ],
)  # fmt: skip
def test_an_account_number_is_heard(text):
    assert heard(account_number, text) == AccountNumber("0012345678")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("12", "?account_number.too_short"),
        ("00123456789", "?account_number.too_long"),
        ("0012345678 0012345679", "?account_number.two"),
        ("0012345678 or 0012345679", "?account_number.two"),
        ("00123, 45678", "?account_number.two"),
        ("1001 1002", "?account_number.two"),
        ("٠٠١٢٣٤٥٦٧٨", "?digits"),
        ("1001'; DROP TABLE payments;--", "?"),
        ("%", "?"),
        ("oil", "?"),
        ("-", "?"),
        ("", "?"),
        ("BACK", "?"),
        ("My account is 1001, my neighbour's is 1002, pay both", "?"),
        ("Liked “0012345678”", "?"),
    ],
)
def test_an_account_number_is_asked_for_again(text, says):
    assert heard(account_number, text) == says


@given(st.integers(1000, 10**10 - 1))
def test_lost_leading_zeros_are_put_back(number):
    assert heard(account_number, str(number)) == AccountNumber(f"{number:010}")


@given(typed | anything)
def test_an_account_number_heard_is_heard_again(text):
    answer = heard(account_number, text)
    assert not understood(answer) or heard(account_number, answer.reveal()) == answer


MAPLE = HouseAndZip("1423", "62701")


@pytest.mark.parametrize(
    "text",
    [
        "1423 62701", "62701 1423", "1423, 62701", "1423/62701", "1423-62701", "1423 - 62701", "1423\n62701",
        "1423 62701-9999", "1423 62701 9999", "1423 Maple St, Springfield IL 62701-1234",
        "1423 Maple St Apt 4B, Springfield, IL 62701", "#1423 62701", "apt 4B 1423 Maple 62701",
        "1423 5th Ave 62701", "1423 W 3rd St, Springfield 62701", "1423 Route 66 62701", "1423 Maple St # 4 62701",
        "Casa 1423, código postal 62701", "house no. 1423 zip 62701", "zip 62701 house 1423",
        "1423 Maple unit 12 62701", "62701, 1423 Maple St", "It's 1423 Maple and 62701",
    ],
)  # fmt: skip
def test_house_number_and_zip_are_heard(text):
    assert heard(service_address, text) == MAPLE


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1423b 62701", HouseAndZip("1423B", "62701")),
        ("12-34 62701", HouseAndZip("1234", "62701")),
        ("1423 1/2 Oak 62701", HouseAndZip("142312", "62701")),
        ("1423½ Oak, 62701", HouseAndZip("142312", "62701")),
        ("5 62701", HouseAndZip("5", "62701")),
        ("N6W23001 Bluemound Rd 53188", HouseAndZip("N6W23001", "53188")),
        ("10234 62701", HouseAndZip("10234", "62701")),
        ("zip 62701 house 10234", HouseAndZip("10234", "62701")),
        ("62701-1234 10234", HouseAndZip("10234", "62701")),
        ("Springfield IL 62701, 10234 Maple", HouseAndZip("10234", "62701")),
        ("123 Main St, Miami FL 33101", HouseAndZip("123", "33101")),
    ],
)
def test_unusual_houses_are_heard(text, answer):
    assert heard(service_address, text) == answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1423", "?service_address.zip"),
        ("1423 Maple St", "?service_address.zip"),
        ("62701", "?service_address.house"),
        ("62701-1234", "?service_address.house"),
        ("Apt 4B 62701", "?service_address.house"),
        ("1 2 62701", "?service_address.two"),
        ("maple street", "?"),
        ("٣ 62701", "?digits"),
        ("", "?"),
        ("Loved “Like 1423 62701.”", "?"),
        ("my card is 3782 822463 10005", "?"),
    ],
)
def test_what_is_missing_of_an_address_is_named(text, says):
    assert heard(service_address, text) == says


houses = st.from_regex(r"[1-9][0-9]{0,6}[A-Z]?", fullmatch=True)
zips = st.from_regex(r"[0-9]{5}", fullmatch=True)


@given(houses, zips, st.sampled_from([" ", ", ", "\n", " Maple St, Springfield IL "]))
def test_house_then_zip_is_always_heard(house, zip_code, between):
    assert heard(service_address, f"{house}{between}{zip_code}") == HouseAndZip(house, zip_code)


@given(houses.filter(lambda house: len(house) != 5), zips)
def test_zip_then_house_is_heard_where_the_house_is_no_zip(house, zip_code):
    assert heard(service_address, f"{zip_code}, {house}") == HouseAndZip(house, zip_code)


@given(typed | anything)
def test_an_address_heard_is_heard_again(text):
    answer = heard(service_address, text)
    assert not understood(answer) or heard(service_address, f"{answer.house} {answer.zip}") == answer


@pytest.mark.parametrize(
    "text",
    [
        "123456",
        "123 456",
        "123-456",
        " 123456\n",
        "my code is 123456",
        "código 123456",
        "１２３４５６",
        "the key is 123456.",
        "1-2-3-4-5-6",
    ],
)
def test_a_key_is_heard(text):
    assert heard(key, text) == Key("123456")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("12345", "?key.too_short"),
        ("123456789", "?key.too_long"),
        ("123456 654321", "?key.too_long"),
        ("٣٤٣٤٣٤", "?digits"),
        ("1234S6", "?"),
        ("123.456", "?"),
        ("84.20 11-25", "?"),
        ("What was the last code you sent?", "?"),
        ("", "?"),
    ],
)
def test_what_is_no_key_is_no_try(text, says):
    assert heard(key, text) == says


@given(st.from_regex("[0-9]{6,8}", fullmatch=True), st.data())
def test_spaces_and_dashes_in_a_key_are_forgiven(digits, data):
    parted = "".join(digit + data.draw(st.sampled_from(["", " ", "-"])) for digit in digits)
    assert heard(key, parted) == Key(digits)


@given(typed | anything)
def test_a_key_heard_is_heard_again(text):
    answer = heard(key, text)
    assert not understood(answer) or heard(key, answer.digits) == answer


def test_a_key_is_never_printed():
    assert "123456" not in f"{Key('123456')} {Key('123456')!r}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RESEND", "RESEND"), ("resend!", "RESEND"), ("send again", "RESEND"), ("Reenviar por favor", "RESEND"),
        ("bill", "BILL"), ("Factura", "BILL"), ("recibo", "BILL"), ("email", "EMAIL"), ("e-mail", "EMAIL"),
        ("correo electrónico", "EMAIL"),
    ],
)  # fmt: skip
def test_a_word_stands_in_for_a_key(text, name):
    assert heard(key_or_word, text) == Word(name)


def test_a_key_is_heard_where_a_word_could_be():
    assert heard(key_or_word, "123456") == Key("123456")


@pytest.mark.parametrize(
    "text", ["BACK", "menu", "What was the last code you sent?", "refund me to another card", "bill bill?"]
)
def test_other_words_are_left_to_the_conversation(text):
    assert heard(key_or_word, text) == "?"
