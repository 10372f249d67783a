"""A session: what a conversation has to remember between two messages. Everything in it may be asked again.

It is stored whole after every turn, so it holds only what can be stored. Payments, lock-outs and opt-outs are not
here: they live in SQL.
"""

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from bot.money import Money
from bot.utility import Method

Proof = Literal["none", "match", "bill", "phone", "key"]

# What opens what (RULES P4): knowing the address opens neither; the bill in hand opens paying only.
MAY_PAY: frozenset[Proof] = frozenset({"bill", "phone", "key"})
MAY_VIEW: frozenset[Proof] = frozenset({"phone", "key"})


@dataclass(slots=True)
class Session:
    """One conversation. `flow` and `state` say where it is; the rest is what was said and proved so far.

    `began` is when, in seconds since 1970: however lively, it ends some day (RULES S8). `to_greet`: nothing was said
    yet to somebody new. `left_flow` is what was going on when an earlier session ended.
    `proof` is how the account was proved, `offered` the ids of the accounts a person may choose from by number.
    The standing (`balance`, `past_due`, dates) is the one the person was told; money moves by a fresh look only.
    """

    id: str
    utility: str
    language: str
    began: int
    flow: str = "menu"
    state: str = "choice"
    misunderstood: int = 0
    last_answer: int = 0
    said_again: int = 0
    opted_out: bool = False
    to_greet: bool = False
    left_flow: str | None = None
    offered: tuple[int, ...] = ()
    offered_last4: tuple[str, ...] = ()
    number: str | None = None
    account_id: int | None = None
    last4: str | None = None
    proof: Proof = "none"
    key_sent_to: str | None = None
    balance: Money | None = None
    past_due: Money | None = None
    due_on: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    amount: Money | None = None
    fee: Money | None = None
    this_period: bool = False
    method: Method = "card"
    link: str | None = None
    link_until: datetime | None = None

    def forget_account(self) -> None:
        """Drop the account and all that was proved or said about it."""
        for name in _ABOUT_THE_ACCOUNT:
            setattr(self, name, _DEFAULTS[name])

    def dump(self) -> bytes:
        """The session as stored: compact JSON of what differs from a new one."""
        values = {}
        for name in _NAMES:
            value = getattr(self, name)
            if value != _DEFAULTS.get(name, _ALWAYS):
                values[name] = value
        return _pack(values).encode()

    @classmethod
    def load(cls, stored: bytes) -> "Session":
        """Read back what `dump` wrote."""
        values: dict[str, Any] = json.loads(stored)
        for name in _UNPACK.keys() & values.keys():
            values[name] = _UNPACK[name](values[name])
        return cls(**values)


def _packed(value: object) -> Any:
    if isinstance(value, Money):
        return [value.minor, value.currency]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"a session cannot hold a {type(value).__name__}")


_pack = json.JSONEncoder(default=_packed, separators=(",", ":")).encode
_ALWAYS = object()
_NAMES = tuple(f.name for f in fields(Session))
_DEFAULTS = {f.name: f.default for f in fields(Session) if f.name not in ("id", "utility", "language", "began")}
_ABOUT_THE_ACCOUNT = tuple(_NAMES[_NAMES.index("number") :])
_UNPACK: dict[str, Any] = {
    **{name: lambda packed: Money(*packed) for name in ("balance", "past_due", "amount", "fee")},
    **dict.fromkeys(("due_on", "period_start", "period_end"), date.fromisoformat),
    **dict.fromkeys(("offered", "offered_last4"), tuple),
    "link_until": datetime.fromisoformat,
}
