"""A utility as the conversation sees it: its name, its account numbers, what it charges and what it allows."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from bot.money import Money

Method = Literal["card", "bank"]
Surplus = Literal["credit", "refund"]


@dataclass(frozen=True, slots=True)
class AccountForm:
    """How account numbers look: `digits` of them, lost leading zeros put back, shown like `example`."""

    digits: int
    example: str


@dataclass(frozen=True, slots=True)
class Utility:
    """One profile of `config/utilities/<name>.toml`, read and checked.

    `name` is the file's name; `brand` what people know; `numbers` the E.164 numbers it answers on;
    `fees` what each way to pay costs the payer; `smallest` and `largest` bound one payment;
    `link_minutes` is how long a payment link lives; `surplus` what becomes of money that nobody owed any more when it
    came (two people paid one bill): a credit on the account, or sent back.
    """

    name: str
    brand: str
    numbers: tuple[str, ...]
    languages: tuple[str, ...]
    currency: str
    zone: ZoneInfo
    account_form: AccountForm
    fees: dict[Method, Money]
    smallest: Money
    largest: Money
    link_minutes: int
    agent_phone: str
    agent_hours: dict[str, str]
    email_from: str
    site: str
    surplus: Surplus = "credit"
    key_countries: tuple[str, ...] = ("US", "CA")
