"""Surplus: money that nobody owed any more when it came (RULES M2). Where it goes, and what both payers are told.

Two people paid one bill, one link was paid twice, a bank debit arrived after the bill was paid otherwise. By the
utility's policy it becomes a credit on the account, or is sent back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.money import Money
from bot.names import PaymentId
from bot.utility import Surplus as Policy
from handlers.ledger.journal import Line
from handlers.ledger.periods import credit_lines
from handlers.ledger.tables import payment
from handlers.outbox.parcel import Parcel, put
from handlers.payments.records import Record, by_id
from handlers.payments.wording import Texts, Wording
from handlers.sealing import Sealer

# Whoever paid longer ago than this paid another bill: it is nothing to them that somebody paid again.
_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Division:
    """What a payment's total is made of: `bill` was owed, `fee` is the price of this way to pay, `surplus` the rest."""

    bill: Money
    fee: Money
    surplus: Money


def divide(record: Record, owed: Money, second: bool) -> Division:
    """Divide what came in, while the account owes `owed`. `second`: the same link was paid before, and stays paid.

    Where nothing was owed the fee bought nothing: it is part of the surplus.
    """
    nothing = Money(0, record.total.currency)
    if second or owed <= nothing:
        return Division(nothing, nothing, record.total)
    bill = min(record.amount, owed)
    return Division(bill, record.fee, record.amount - bill)


class Surplus:
    """What becomes of it, in the transaction that posts the payment."""

    def __init__(self, wording: Wording, texts: Texts, sealer: Sealer) -> None:
        self._wording = wording
        self._texts = texts
        self._sealer = sealer

    def policy(self, record: Record) -> Policy:
        """Of the payment's utility: "credit" or "refund"."""
        return self._wording.utilities[record.utility].surplus

    def lines(self, connection: Connection, record: Record, division: Division) -> list[Line]:
        """The postings of a payment that is divided so: a credit pays what is open first, and then waits for more.

        The caller holds the account.
        """
        who, by = record.account_id, record.id
        back = division.surplus if self.policy(record) == "refund" else Money(0, record.total.currency)
        credit = record.total - division.fee - back
        lines = [Line("stripe", record.total, who, by)]
        if credit:
            lines += credit_lines(connection, who, credit, by, record.bill_id)
        if division.fee:
            lines.append(Line("fees", -division.fee, who, by))
        if back:
            lines.append(Line("unapplied", -back, who, by))
        return lines

    def payer_before(self, connection: Connection, account_id: int, now: datetime) -> Record | None:
        """Who paid this account last, as long as that may be the same bill and the money has not gone back."""
        theirs = (payment.c.account_id == account_id, payment.c.paid_at > now - _REMEMBERED)
        kept = (payment.c.refunded_at.is_(None), payment.c.charged_back_at.is_(None))
        last = select(payment.c.id).where(*theirs, *kept).order_by(payment.c.paid_at.desc()).limit(1)
        found = connection.scalar(last)
        return by_id(connection, PaymentId(found)) if found else None

    def settle(
        self, connection: Connection, record: Record, charge: str, surplus: Money, before: Record | None, now: datetime
    ) -> None:
        """Have it sent back, where that is the policy, and tell whoever paid before, unless that is the same person.

        The one who pays now is told by the receipt. Nobody learns who the other is.
        """
        back = self.policy(record) == "refund"
        if back:
            put(connection, self._sealer, _parcel(record, charge, surplus, now), now)
        if before and before.payer != record.payer:
            sentence = "other_back" if back else "other_credit"
            self._texts.put(connection, before, sentence, charge, now, awaited=False)


def _parcel(record: Record, charge: str, surplus: Money, now: datetime) -> Parcel:
    return Parcel(
        kind="give_back",
        cause=f"give_back:{charge}",
        utility=record.utility,
        category="chore",
        body={"charge": charge, "minor": surplus.minor},
        due_at=now,
    )
