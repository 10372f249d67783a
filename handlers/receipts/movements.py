"""What the ledger tells of one payment's money: which billing periods it paid, and how much of it a bank took back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select

from bot.money import Money
from handlers.ledger.tables import bill, charge, entry, journal
from handlers.payments import charges
from handlers.payments.records import Record
from handlers.receipts.facts import Period


@dataclass(frozen=True, slots=True)
class Movements:
    """What became of it: sent back by the utility, taken by the payer's bank for good, and taken but not decided."""

    sent_back: Money
    charged_back: Money
    undecided: Money


def movements(connection: Connection, record: Record) -> Movements:
    """What became of what this payment brought."""
    currency = record.total.currency
    # A payment of before charges were kept was only ever sent back whole.
    before_charges = record.refunded_at is not None and not _has_charge(connection, record)
    sent_back = record.total if before_charges else charges.sent_back(connection, record.id)
    decided = or_(*(journal.c.cause.startswith(cause, autoescape=True) for cause in ("charged_back:", "won_back:")))
    taken = case((decided, -entry.c.minor), else_=0)
    sums = _entries(record, func.coalesce(func.sum(taken), 0), func.coalesce(func.sum(entry.c.minor), 0))
    charged_back, undecided = connection.execute(sums.where(entry.c.book == "disputed")).one()
    return Movements(sent_back, Money(int(charged_back), currency), Money(int(undecided), currency))


def periods(connection: Connection, record: Record, causes: Sequence[str]) -> list[Period]:
    """The billing periods that these journals credited with it, oldest first."""
    credited = _entries(record, bill.c.period_start, bill.c.period_end, (-func.sum(entry.c.minor)).label("minor"))
    rows = connection.execute(
        credited.join(bill, bill.c.id == entry.c.bill_id)
        .where(entry.c.book == "receivable", journal.c.cause.in_(causes))
        .group_by(bill.c.period_start, bill.c.period_end)
        .order_by(bill.c.period_start)
    )
    return [Period(row.period_start, row.period_end, Money(int(row.minor), record.amount.currency)) for row in rows]


def _entries(record: Record, *columns: Any) -> Select[Any]:
    """These columns of the entries about the charge that this payment asked for."""
    entries = select(*columns).select_from(charge).join(journal, journal.c.charge_id == charge.c.id)
    whose = charge.c.payment_id == record.id.reveal()
    return entries.join(entry, entry.c.journal_id == journal.c.id).where(whose, charge.c.kind == "applied")


def _has_charge(connection: Connection, record: Record) -> bool:
    return connection.scalar(select(charge.c.id).where(charge.c.payment_id == record.id.reveal()).limit(1)) is not None
