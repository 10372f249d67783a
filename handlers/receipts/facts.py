"""The facts of a receipt, and the one text that stands for them: what is signed is this text, byte for byte.

Nothing of the account is among them but the last four of its number, nothing of a person at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.money import Money
from bot.utility import Method

Standing = Literal[
    "paid",
    "part_sent_back",  # the rest is still paid
    "sent_back",  # nothing is left of it, but perhaps the fee
    "charged_back",  # the same, and the payer's bank took some or all of it
    "part_going_back",  # a part pays no bill and is on its way to the payer; the rest is paid
    "going_back",  # the same of all of it, but perhaps the fee
    "came_back",  # some of it pays no bill: it was gone and came to us again, or cannot go; a person looks at it
    "disputed",  # the payer's bank asks for it back, and has not decided
]
Dispute = Literal["none", "open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class Period:
    """A billing period, and how much of it this payment paid."""

    start: date
    end: date
    money: Money


@dataclass(frozen=True, slots=True)
class Facts:
    """What a receipt says. `issuer` is the address that answers for it, `code` leads to its page there.

    `paid_at` is in the utility's zone. `as_of` is the day, there, on which all this was so: money may be sent back
    later. `bill` was owed when it came, `credit` is for the next bill, `not_owed` went on no bill. `sent_back` went
    back from the utility, `charged_back` was taken by the payer's bank, for good; `going_back` is on its way to the
    payer, `waiting` is on no bill until a person decides; `gone_on` is the day on which the last of it went, if all of
    it did.
    """

    issuer: str
    utility: str
    code: str
    reference: str
    last4: str
    paid_at: datetime
    method: Method
    bill: Money
    credit: Money
    fee: Money
    not_owed: Money
    periods: Sequence[Period]
    standing: Standing
    dispute: Dispute
    sent_back: Money
    charged_back: Money
    going_back: Money
    waiting: Money
    gone_on: date | None
    as_of: date

    @property
    def total(self) -> Money:
        """What the payer paid."""
        return self.bill + self.credit + self.fee + self.not_owed

    @property
    def kept(self) -> Money:
        """What of it is still paid: the utility has it, and it is not to go back."""
        return self.total - self.gone - self.apart

    @property
    def gone(self) -> Money:
        """What of it went back, whoever sent it."""
        return self.sent_back + self.charged_back

    @property
    def apart(self) -> Money:
        """What of it the utility has, and is on no bill."""
        return self.going_back + self.waiting

    def text(self) -> str:
        """The facts as they are signed: one a line, `name: value`, always in this order, each line ended by a LF.

        UTF-8 when it becomes bytes. The first line names the form; whatever changes it gets another number.
        """
        return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in self._lines())

    def _lines(self) -> Iterator[tuple[str, str]]:
        yield "guestpay-receipt", "2"
        yield "issuer", self.issuer
        yield "utility", self.utility
        yield "receipt", self.code
        yield "reference", self.reference
        yield "account-ending", self.last4
        yield "paid-at", self.paid_at.isoformat(timespec="seconds")
        yield "method", self.method
        yield "currency", self.total.currency
        yield "bill", self.bill.decimal()
        yield "credit", self.credit.decimal()
        yield "fee", self.fee.decimal()
        yield "not-owed", self.not_owed.decimal()
        yield "total", self.total.decimal()
        for period in self.periods:
            yield "period", f"{period.start.isoformat()}/{period.end.isoformat()} {period.money.decimal()}"
        yield "standing", self.standing
        yield "dispute", self.dispute
        yield "sent-back", self.sent_back.decimal()
        yield "charged-back", self.charged_back.decimal()
        yield "going-back", self.going_back.decimal()
        yield "waiting", self.waiting.decimal()
        yield "still-paid", self.kept.decimal()
        yield "as-of", self.as_of.isoformat()
