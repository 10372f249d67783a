"""Names exist only parsed, and print masked (RULES P, S)."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Message
from bot.names import AccountNumber, Address, PaymentId, Phone

numbers = st.from_regex("[0-9A-Z]{5,20}", fullmatch=True)
phones = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
payments = st.from_regex("pay_[0-9a-f]{32}", fullmatch=True)
names = st.one_of(numbers.map(AccountNumber), phones.map(Phone), payments.map(PaymentId))
addresses = st.one_of(
    st.builds(Address, st.sampled_from(["sms", "whatsapp"]), phones),
    st.builds(Address, st.just("web"), st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=22, max_size=22)),
)


@given(names)
def test_a_printed_name_shows_its_last_four_at_most(name):
    for printed in (str(name), repr(name), f"{name}", f"{[name]}", f"{name!s:>30}"):
        assert name.reveal() not in printed
        assert name.reveal()[-5:] not in printed


@given(names)
def test_a_name_revealed_makes_the_same_name(name):
    again = type(name)(name.reveal())
    assert again == name
    assert hash(again) == hash(name)


@given(names)
def test_a_name_stays_itself_when_stored(name):
    assert pickle.loads(pickle.dumps(name)) == name


def test_names_of_different_kinds_are_never_equal():
    class Other(AccountNumber):
        pass

    assert AccountNumber("12345") != Other("12345")
    assert AccountNumber("12345") != "12345"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (AccountNumber, "123"),
        (AccountNumber, "0" * 21),
        (AccountNumber, "12 345"),
        (AccountNumber, "12345\n"),
        (AccountNumber, "١٢٣٤٥"),
        (AccountNumber, "abcde"),
        (AccountNumber, ""),
        (Phone, "12175550111"),
        (Phone, "+02175550111"),
        (Phone, "+1217"),
        (Phone, "+1217555011112345"),
        (Phone, "+1555{user}0001"),
        (Phone, "sess:*"),
        (PaymentId, "pay_123"),
        (PaymentId, "pay_" + "G" * 32),
    ],
)
def test_anything_else_is_refused_without_being_shown(kind, value):
    with pytest.raises(ValueError, match=r"^not a") as refused:
        kind(value)
    assert not value or value not in str(refused.value)


@given(addresses)
def test_an_address_revealed_is_read_again(address):
    assert Address.parse(address.reveal()) == address


@given(addresses)
def test_a_printed_address_shows_its_last_two_at_most(address):
    assert str(address) == repr(address) == f"<Address {address.channel} ...{address.value[-2:]}>"


@pytest.mark.parametrize("text", ["", "sms", "sms:", "fax:+12175550111", ":+12175550111"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="not an address"):
        Address.parse(text)


def test_web_chat_has_no_phone():
    assert Address("web", "abc").phone is None
    assert Address("whatsapp", "+12175550111").phone == Phone("+12175550111")


@given(st.text(min_size=3), addresses)
def test_a_printed_message_never_shows_its_text(text, who):
    message = Message("SM" + "0" * 32, who, "prairie", "4242 " + text)
    assert "4242 " not in f"{message} {message!r}"
