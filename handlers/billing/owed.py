"""What accounts owe, as SQL: the sum of their entries in `receivable`, seen beside their latest bill."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from handlers.ledger.tables import account, bill, entry, journal

_LATEST_FIRST = (bill.c.issued_on.desc(), bill.c.period_start.desc())


def standing(account_id: int) -> Select[Any]:
    """One row: `owed` now, `paid` through us since the latest bill was issued (below zero), `utility`, and that bill.

    The bill's columns are null where there is no bill yet. No row: no such account.
    """
    newest = select(bill.c.id).where(bill.c.account_id == account_id).order_by(*_LATEST_FIRST).limit(1)
    ours = _receivable(account.c.id)
    paid = ours.where(entry.c.payment_id.is_not(None), journal.c.effective_on >= bill.c.issued_on)
    return (
        select(
            ours.correlate(account).scalar_subquery().label("owed"),
            paid.correlate(account, bill).scalar_subquery().label("paid"),
            account.c.utility,
            bill,
        )
        .select_from(account.outerjoin(bill, bill.c.id == newest.scalar_subquery()))
        .where(account.c.id == account_id)
    )


def differences(accounts: Collection[int]) -> Select[Any]:
    """Rows of (account_id, issued_on, minor): by how much these accounts owe less than their latest bill says.

    What was paid through us since that bill was issued is taken into account; accounts that are right have no row.
    One statement, so that a payment posted meanwhile is on both sides or on neither.
    """
    place = func.row_number().over(partition_by=bill.c.account_id, order_by=_LATEST_FIRST).label("place")
    ranked = select(bill.c.account_id, bill.c.issued_on, bill.c.amount_due, place)
    latest = ranked.where(bill.c.account_id.in_(accounts)).subquery()
    known = _receivable(latest.c.account_id).where(
        or_(entry.c.payment_id.is_(None), journal.c.effective_on < latest.c.issued_on)
    )
    minor = (latest.c.amount_due - known.correlate(latest).scalar_subquery()).label("minor")
    wrong = select(latest.c.account_id, latest.c.issued_on, minor).where(latest.c.place == 1).subquery()
    return select(wrong).where(wrong.c.minor != 0)


def _receivable(account_id: ColumnElement[int]) -> Select[Any]:
    entries = entry.join(journal, journal.c.id == entry.c.journal_id)
    return (
        select(func.coalesce(func.sum(entry.c.minor), 0))
        .select_from(entries)
        .where(and_(entry.c.account_id == account_id, entry.c.book == "receivable"))
    )
