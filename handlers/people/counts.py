"""Counting tries in SQL: write one down, and say until when a limit is used up."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, insert, select

from bot.names import Address
from handlers.ledger.tables import attempt
from handlers.people.limits import Limit

Kind = Literal["lookup", "wrong", "sent"]
Rule = tuple[Limit, ColumnElement[bool]]  # a limit, and whose tries count


def add(connection: Connection, kind: Kind, who: Address, subject: str, now: datetime) -> None:
    """Write one try down."""
    connection.execute(insert(attempt).values(kind=kind, address=who.reveal(), subject=subject, at=now))


def used_up_until(connection: Connection, kind: Kind, now: datetime, *rules: Rule) -> datetime | None:
    """When one more try fits every rule again; None if it does now. One round trip, however many rules."""
    # The try that has to leave the window before a new one fits: with a limit of ten, the tenth newest.
    hindering = [
        select(attempt.c.at)
        .where(attempt.c.kind == kind, attempt.c.at > now - limit.window, whose)
        .order_by(attempt.c.at.desc())
        .limit(1)
        .offset(limit.count - 1)
        .scalar_subquery()
        for limit, whose in rules
    ]
    row = connection.execute(select(*hindering)).one()
    return max((at + limit.window for at, (limit, _) in zip(row, rules, strict=True) if at is not None), default=None)
