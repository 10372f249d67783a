"""The names that people, accounts and payments go by. Each exists only parsed, and prints masked (RULES P, S)."""

import re
from dataclasses import dataclass
from typing import Literal

Channel = Literal["sms", "whatsapp", "web"]


class _Masked:
    """A value whose `str` and `repr` show its last four characters at most; `reveal()` gives it whole."""

    __slots__ = ("_value",)
    _form: re.Pattern[str]
    _what: str

    def __init__(self, value: str) -> None:
        if not self._form.fullmatch(value):
            raise ValueError(f"not {self._what}")  # never the value itself: exceptions end up in logs
        self._value = value

    def reveal(self) -> str:
        """The whole value. For storage and for the counterpart that needs it; never for a log or a person."""
        return self._value

    @property
    def last4(self) -> str:
        """The last four characters: what may be shown to a person."""
        return self._value[-4:]

    def __str__(self) -> str:
        return f"...{self.last4}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._value == self._value

    def __hash__(self) -> int:
        return hash((type(self), self._value))


class AccountNumber(_Masked):
    """An account number in its utility's stored form, leading zeros kept: 4 to 20 digits or capital letters."""

    _form = re.compile(r"[0-9A-Z]{4,20}")
    _what = "an account number"


class Phone(_Masked):
    """A phone number in E.164 form: `+` and 7 to 15 digits. Whether it can exist is for `phonenumbers` to say."""

    _form = re.compile(r"\+[1-9][0-9]{6,14}")
    _what = "an E.164 phone number"


class PaymentId(_Masked):
    """Our own reference of a payment: `pay_` and 32 hex digits. Opaque: Stripe is given nothing else to know."""

    _form = re.compile(r"pay_[0-9a-f]{32}")
    _what = "a payment id"


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a person can be reached: a channel and their address on it (E.164, or an opaque web chat id).

    People are keyed by both (RULES T8): the same phone on SMS and on WhatsApp is two addresses.
    """

    channel: Channel
    value: str

    def reveal(self) -> str:
        """`channel:value`, whole: for storage, and as the input of keyed hashes."""
        return f"{self.channel}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read back what `reveal` wrote. Raises ValueError for an unknown channel."""
        channel, _, value = text.partition(":")
        if channel not in ("sms", "whatsapp", "web") or not value:
            raise ValueError("not an address")
        return cls(channel, value)  # type: ignore[arg-type]

    @property
    def phone(self) -> Phone | None:
        """The phone behind the address, if there is one."""
        return None if self.channel == "web" else Phone(self.value)

    def __repr__(self) -> str:
        return f"<Address {self.channel} ...{self.value[-2:]}>"
