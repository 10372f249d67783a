"""What no log line shows, whoever wrote it (RULES P1, S9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.console.masking import mask

HIDDEN = [
    ("+12175550123", "[number]"),
    ("(217) 555-0123", "[number]"),
    ("217.555.0123", "[number]"),
    ("whatsapp:+12175550123", "whatsapp:[number]"),
    ("account 0012345678 closed", "account [number] closed"),
    ("4242 4242 4242 4242", "[number]"),
    ("4242.4242.4242.4242", "[number]"),
    ("4242-4242-4242-4242", "[number]"),
    ("4242\u200b4242\u200b4242\u200b4242", "[number]"),
    ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "[number]"),
    ("my card is 5555555555554444 02/30 123", "my card is [number]"),
    ("30569309025904", "[number]"),
    ("123-45-6789", "[number]"),
    ("key 123456", "key [number]"),
    ("key 123 456", "key [number]"),
    ("62701", "[number]"),
    (".62701", ".[number]"),
    ("10.0.0.1.62701", "[number]"),
    ("DL D1234567 DOB 01/02/1980", "DL D[number] DOB [number]"),
    ("ana@example.org", "[email]"),
    ("<ana.b+c@mail.example.org>, x", "<[email]>, x"),
    ("https://pay.prairie.example/p/abc", "https://pay.prairie.example/[hidden]"),
    ("https://buy.stripe.com/test_14A#x?y", "https://buy.stripe.com/[hidden]"),
    ("redis://user:secret@localhost:6379/0", "redis://localhost:6379/[hidden]"),
    ("redis://:s3cret@localhost", "redis://localhost"),
    ("GET /p/5Yq0Zk1 404", "GET /p/[hidden] 404"),
    ("/r/5Yq0Zk1", "/r/[hidden]"),
    ("with url: /sms?From=x&Body=y (", "with url: /sms?[hidden] ("),
    ("key sk_test_51Habc is bad", "key [secret] is bad"),
    ("whsec_abcdef012", "[secret]"),
    ("Authorization: Basic QUMwMDA6eHh4", "Authorization: [secret]"),
]


@pytest.mark.parametrize(("text", "masked"), HIDDEN)
def test_it_is_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text", ["", "turn", "what? no", "0.9.3", "$84.20", "127.0.0.1:80", "1423 Oak", "4821", "a/b/c"]
)
def test_it_is_shown(text: str) -> None:
    assert mask(text) == text


@given(before=st.text(max_size=30), digits=st.text("0123456789", min_size=5, max_size=20), after=st.text(max_size=30))
def test_no_five_digits_in_a_row_ever_come_through(before: str, digits: str, after: str) -> None:
    shown = mask(before + digits + after)
    assert digits not in shown
