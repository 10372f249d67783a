"""What accounts owe, as SQL: the sum of their entries in `receivable`, in all and by billing period."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from handlers.ledger.tables import account, bill, entry, journal

_LATEST_FIRST = (bill.c.issued_on.desc(), bill.c.period_start.desc())
_OLDEST_FIRST = (bill.c.issued_on, bill.c.period_start)
_ENTRIES = entry.join(journal, journal.c.id == entry.c.journal_id)


def standing(account_id: int) -> Select[Any]:
    """One row: `owed` now, what of it is `latest`, open of the latest bill's period, `utility`, and that bill.

    The bill's columns are null where there is no bill yet. No row: no such account.
    """
    ours = _receivable(account.c.id)
    return (
        select(
            ours.correlate(account).scalar_subquery().label("owed"),
            ours.where(entry.c.bill_id == bill.c.id).correlate(account, bill).scalar_subquery().label("latest"),
            account.c.utility,
            bill,
        )
        .select_from(account.outerjoin(bill, bill.c.id == latest_bill(account_id).scalar_subquery()))
        .where(account.c.id == account_id)
    )


def latest_bill(account_id: int) -> Select[Any]:
    """The id of the latest bill of this account; no row where there is none yet."""
    return select(bill.c.id).where(bill.c.account_id == account_id).order_by(*_LATEST_FIRST).limit(1)


def differences(accounts: Collection[int]) -> Select[Any]:
    """Rows of (account_id, issued_on, minor): by how much these accounts owe less than their latest bill says.

    What was paid through us since that bill was issued is taken into account; accounts that are right have no row.
    One statement, so that a payment posted meanwhile is on both sides or on neither.
    """
    latest = _latest(accounts)
    known = _receivable(latest.c.account_id).join(journal, journal.c.id == entry.c.journal_id).where(_told(latest))
    minor = (latest.c.amount_due - known.correlate(latest).scalar_subquery()).label("minor")
    wrong = select(latest.c.account_id, latest.c.issued_on, minor).subquery()
    return select(wrong).where(wrong.c.minor != 0)


def periods(accounts: Collection[int]) -> Select[Any]:
    """Rows of (account_id, bill_id, minor, closed) for each billing period of these accounts, oldest first.

    `minor` is what is open of it; `closed`, how much less than the bill charged billing takes to be open of it.
    """
    latest = _latest(accounts)
    told = func.sum(case((_told(latest), entry.c.minor), else_=0))
    return (
        select(
            entry.c.account_id,
            entry.c.bill_id,
            func.sum(entry.c.minor).label("minor"),
            (func.coalesce(bill.c.amount_due - bill.c.past_due, 0) - told).label("closed"),
        )
        .select_from(_ENTRIES.join(latest, latest.c.account_id == entry.c.account_id))
        .join(bill, bill.c.id == entry.c.bill_id, isouter=True)
        .where(entry.c.book == "receivable")
        .group_by(entry.c.account_id, entry.c.bill_id, *_OLDEST_FIRST, bill.c.amount_due, bill.c.past_due)
        .order_by(entry.c.account_id, entry.c.bill_id.is_not(None), *_OLDEST_FIRST)
    )


def uneven(accounts: Collection[int]) -> Select[Any]:
    """The ids of those accounts where one billing period has more than it needs, unless it is credit beyond all."""
    minor = func.sum(entry.c.minor).label("minor")
    theirs = (entry.c.account_id.in_(accounts), entry.c.book == "receivable")
    each = (
        select(entry.c.account_id, entry.c.bill_id, minor)
        .where(*theirs)
        .group_by(entry.c.account_id, entry.c.bill_id)
        .having(minor != 0)
        .subquery()
    )
    too_much = and_(each.c.minor < 0, each.c.bill_id.is_not(None))
    credit = func.min(each.c.minor) < 0
    return (
        select(each.c.account_id)
        .group_by(each.c.account_id)
        .having(or_(func.max(case((too_much, 1), else_=0)) == 1, and_(credit, func.max(each.c.minor) > 0)))
    )


def places(accounts: Collection[int]) -> Select[Any]:
    """Where the money of these accounts lies: rows of (account_id, bill_id, charge_id, payment_id, minor, issued_on).

    By account, its oldest billing period first, in each the youngest money first. `issued_on` is the latest bill's.
    """
    latest = _latest(accounts)
    place = (entry.c.account_id, entry.c.bill_id, journal.c.charge_id, entry.c.payment_id)
    return (
        select(*place, func.sum(entry.c.minor).label("minor"), latest.c.issued_on)
        .select_from(_ENTRIES.join(latest, latest.c.account_id == entry.c.account_id))
        .join(bill, bill.c.id == entry.c.bill_id, isouter=True)
        .where(entry.c.book == "receivable")
        .group_by(*place, *_OLDEST_FIRST, latest.c.issued_on)
        .order_by(entry.c.account_id, entry.c.bill_id.is_not(None), *_OLDEST_FIRST, func.max(entry.c.id).desc())
    )


def _latest(accounts: Collection[int]) -> Subquery:
    """The latest bill of each account."""
    place = func.row_number().over(partition_by=bill.c.account_id, order_by=_LATEST_FIRST).label("place")
    ranked = select(bill.c.account_id, bill.c.issued_on, bill.c.amount_due, place)
    numbered = ranked.where(bill.c.account_id.in_(accounts)).subquery()
    return select(numbered).where(numbered.c.place == 1).subquery()


def _told(latest: Subquery) -> ColumnElement[bool]:
    """What the latest bill knows of: all but what was paid through us since it was issued."""
    through_us = or_(entry.c.payment_id.is_not(None), journal.c.charge_id.is_not(None))
    return or_(~through_us, journal.c.effective_on < latest.c.issued_on)


def _receivable(account_id: ColumnElement[int]) -> Select[Any]:
    return (
        select(func.coalesce(func.sum(entry.c.minor), 0))
        .select_from(entry)
        .where(and_(entry.c.account_id == account_id, entry.c.book == "receivable"))
    )
