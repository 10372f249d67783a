"""The seams: what a turn needs of the world. `handlers` holds the real ones and their fakes; wiring passes them in."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.answers import HouseAndZip, PrintedBill
from bot.money import Money
from bot.names import AccountNumber, Address, PaymentId, Phone
from bot.utility import Method

AccountStatus = Literal["active", "closed", "locked"]
PaymentState = Literal[
    "requested",
    "link_sent",
    "opened",
    "pending",
    "held",
    "paid",
    "posted",
    "refunded",
    "charged_back",
    "failed",
    "withdrawn",
    "expired",
]


class Clock(Protocol):
    """The time, passed in so that tests can let years go by."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class Chance(Protocol):
    """Randomness, passed in so that tests can repeat it. The real one is cryptographic."""

    def token(self) -> str:
        """128 bits, as 22 URL-safe characters."""

    def digits(self, count: int) -> str:
        """`count` decimal digits, uniform, leading zeros and all."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the utility's billing system told us. `street` is the service address's street line."""

    id: int
    number: AccountNumber
    street: str
    status: AccountStatus
    language: str
    mobile: Phone | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account owes now. `balance` below zero is a credit; `past_due` is what of the bill's past due is unpaid.

    `pending` is on its way from banks and not counted yet (RULES M5). The dates are those of the latest bill, None when
    there is none.
    """

    balance: Money
    past_due: Money
    pending: Money
    due_on: date | None = None
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many: wrong answers (`by` "tries"), or keys asked for ("sends"). It ends `until`."""

    until: datetime
    by: Literal["tries", "sends"] = "tries"


class AccountBook(Protocol):
    """The utility's accounts and bills, as last imported, with our own payments counted in."""

    def on_file(self, utility: str, phone: Phone) -> Sequence[Account]:
        """The accounts that have this mobile on file, closed ones last; none for most phones."""

    def match(self, utility: str, number: AccountNumber, address: HouseAndZip, who: Address) -> Account | None | Locked:
        """The account, if number, house number and ZIP belong together (RULES P4, P5, S2). Counts the look-up."""

    def account(self, account_id: int) -> Account:
        """The account with this id of ours."""

    def standing(self, account_id: int) -> Standing:
        """What it owes now."""


@dataclass(frozen=True, slots=True)
class KeySent:
    """A key is on its way to `masked`, such as "(***) ***-0123" or "e***@example.org".

    `just_now`: it is the one of a moment ago, and no other was sent.
    """

    masked: str
    just_now: bool = False


class Keys(Protocol):
    """One-time keys, and the bill in hand as the other proof (RULES P3, S1, S2)."""

    def send(
        self, account: Account, who: Address, session_id: str, by: Literal["mobile", "email"], language: str
    ) -> KeySent | Locked | None:
        """Make a key, kill the older one, put the new one in the outbox. None: no such contact on file."""

    def check(
        self, account: Account, who: Address, session_id: str, digits: str
    ) -> Literal["right", "wrong", "expired"] | Locked:
        """Whether this is the key; a right one is used up."""

    def check_bill(self, account: Account, who: Address, printed: PrintedBill) -> Literal["right", "wrong"] | Locked:
        """Whether amount and due date are those of one of the last two bills. A wrong one counts as a wrong key."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What a person confirmed. `session_id` is the conversation, `confirmed_by` the message: one payment each.

    `this_period`: the payer chose the latest billing period; otherwise the oldest debt is paid first.
    """

    utility: str
    account_id: int
    payer: Address
    language: str
    amount: Money
    fee: Money
    method: Method
    balance: Money
    session_id: str
    confirmed_by: str
    this_period: bool = False


@dataclass(frozen=True, slots=True)
class LinkReady:
    """The short link to send now. `url` is on the utility's own domain; it works until `until`."""

    payment: PaymentId
    url: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LinkComing:
    """Stripe is slow: the link will be texted when it is there."""

    payment: PaymentId


Whereabouts = Literal[
    "credit",  # nothing was owed: all of it is for the next bill
    "part_sent_back",
    "part_going_back",
    "going_back",  # none of it pays a bill
    "waiting",  # some of it pays no bill, until a person decides
]


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as STATUS and RECEIPT tell it. `last4` are the account's; `receipt_url` is set once it is paid.

    `disputed`: it is paid, and the payer's bank asks for it back; nobody knows yet how that ends. `went` says
    where its money is, if it did not just pay what was owed; `apart` how much of it pays no bill and has not gone back.
    """

    id: PaymentId
    state: PaymentState
    last4: str
    amount: Money
    fee: Money
    method: Method
    at: datetime
    receipt_url: str | None
    link_url: str | None
    disputed: bool = False
    went: Whereabouts | None = None
    apart: Money | None = None


class Payments(Protocol):
    """Payment links, and what became of them."""

    def request(self, order: PaymentOrder) -> LinkReady | LinkComing:
        """Write the payment, make the link. The same `confirmed_by` gives the same payment again.

        Raises Unavailable when Stripe or SQL is away, Refused when Stripe says no.
        """

    def withdraw(self, payment: PaymentId) -> None:
        """Turn an unpaid link off, because the person changed their mind. A paid one is left alone."""

    def latest(self, utility: str, payer: Address) -> PaymentView | None:
        """The last payment that this person asked for."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who texts. `new` on the very first message; `language` if they chose one."""

    new: bool
    language: str | None
    opted_out: bool


class People(Protocol):
    """Who we know, what language they chose, and whether we may write to them."""

    def meet(self, utility: str, who: Address) -> Person:
        """The person at this address, written down if new."""

    def speaks(self, utility: str, who: Address, language: str) -> None:
        """They chose a language."""

    def opt_out(self, utility: str, who: Address, message_id: str) -> None:
        """They want no more texts, of any category (RULES W1 to W3, W11)."""

    def opt_in(self, utility: str, who: Address, message_id: str) -> None:
        """They want them again (W4)."""

    def forget_text(self, utility: str, message_id: str) -> None:
        """Ask the carrier, later and at best effort, to delete this message's body (P1)."""


@dataclass(slots=True)
class Visit:
    """One turn's hold on one person: what was there, and what the turn wants kept.

    Read: `repeated` is the answer this message id already got; `session` the live session; `remains` what is left
    of one that ended; `inbound` counts this address's messages of the last minute, `unmoved` its answers of the
    last ten minutes that led nowhere (S2). Write: `keep`, `answer`, `leave` and `moved`.
    """

    repeated: bytes | None = None
    session: bytes | None = None
    remains: bytes | None = None
    inbound: int = 1
    unmoved: int = 0
    keep: bytes | None = None
    answer: bytes | None = None
    leave: bytes | None = None
    moved: bool = True


class Sessions(Protocol):
    """Where a conversation rests between two messages (RULES T2, T4, S6). The only way to a session."""

    def open(self, who: Address, message_id: str | None) -> AbstractContextManager[Visit]:
        """Claim the message id, hold the person's lease, load; on a clean exit save, all in two round trips.

        If the block raises, nothing is saved and the id is free again. If `repeated` is set nothing is held and
        nothing will be saved. `keep=None` ends the session; `leave` is kept for a day. `message_id` None: an event
        of the world. Raises Unavailable when the store is away, the person stays busy, or another turn got in.
        """
