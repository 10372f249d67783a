"""The rows of a remittance: what changed what accounts owe through us, by account, billing period and cause."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, select

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.tables import account, bill, charge, entry, journal, payment, remitted

Kind = Literal["payment", "refund", "charge_back", "correction", "moved"]
# By how a cause begins. All else is a correction.
_KINDS: dict[str, Kind] = {
    "paid:": "payment",
    "refund:": "refund",
    "charged_back:": "charge_back",
    "credit:ticket:": "correction",
    "credit:": "moved",  # from one billing period to another, by an import of bills
}
_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """One row. `amount` above zero is money for the account, below zero money that it lost again.

    `period_start` None: before the first bill that we know, or credit. `fee` is what the payer paid on top, once a
    cause, for the books alone. The payment is None for money that came by no link of ours.
    """

    cause: str
    kind: Kind
    account_number: str
    period_start: date | None
    amount: Money
    fee: Money
    payment_id: PaymentId | None
    method: str | None
    paid_at: datetime | None
    effective_on: date


def told(connection: Connection, remittance_id: int) -> Iterator[Told]:
    """The rows of one remittance, in the one order that they have for ever; read some at a time."""
    found = connection.execute(_rows(remittance_id), execution_options={"yield_per": _AT_A_TIME})
    last = None
    for row in found:
        yield _told(row, first=row.id != last)
        last = row.id


def _told(row: Row[Any], first: bool) -> Told:
    return Told(
        cause=row.cause,
        kind=next((kind for begins, kind in _KINDS.items() if row.cause.startswith(begins)), "correction"),
        account_number=row.number,
        period_start=row.period_start,
        amount=Money(-int(row.minor), row.currency),
        fee=Money(-int(row.fee) if first else 0, row.currency),
        payment_id=PaymentId(row.payment_id) if row.payment_id else None,
        method=row.method,
        paid_at=row.paid_at,
        effective_on=row.effective_on,
    )


def _rows(remittance_id: int) -> Select[Any]:
    """Everything here is written once and never changed, so the same rows come out whenever it is asked."""
    fees = entry.alias("fees")
    fee = (
        select(func.coalesce(func.sum(fees.c.minor), 0))
        .where(fees.c.journal_id == journal.c.id, fees.c.book == "fees")
        .correlate(journal)
        .scalar_subquery()
    )
    about = (journal.c.id, journal.c.cause, journal.c.effective_on, account.c.number, bill.c.period_start)
    paying = (payment.c.id.label("payment_id"), payment.c.method)
    paid_at = func.coalesce(charge.c.taken_at, payment.c.paid_at)
    minor = func.sum(entry.c.minor)
    return (
        select(*about, *paying, entry.c.currency, paid_at.label("paid_at"), minor.label("minor"), fee.label("fee"))
        .select_from(remitted)
        .join(journal, journal.c.id == remitted.c.journal_id)
        .join(entry, entry.c.journal_id == journal.c.id)
        .join(account, account.c.id == entry.c.account_id)
        .outerjoin(bill, bill.c.id == entry.c.bill_id)
        .outerjoin(payment, payment.c.id == entry.c.payment_id)
        .outerjoin(charge, charge.c.id == journal.c.charge_id)
        .where(remitted.c.remittance_id == remittance_id, entry.c.book == "receivable")
        .group_by(*about, payment.c.id, payment.c.method, entry.c.currency, charge.c.taken_at, payment.c.paid_at)
        .having(minor != 0)
        .order_by(journal.c.id, account.c.number, bill.c.period_start.is_not(None), bill.c.period_start, payment.c.id)
    )
