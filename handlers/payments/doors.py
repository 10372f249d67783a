"""The door behind a short link: which payment it is, and whether it still leads to Stripe (RULES M1, M2)."""

import re
from typing import Literal

from sqlalchemy import Connection, Engine, func, select

from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.journal import receivable
from handlers.ledger.reach import reachable
from handlers.ledger.tables import payment
from handlers.ledger.transactions import transact
from handlers.payments.closing import withdraw
from handlers.payments.records import Record, find, mark
from handlers.payments.state import OPEN, state

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
Column = Literal["token", "receipt_token"]


class Doors:
    """Finds the payment behind a token, and decides whether its link still leads to Stripe."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def behind(self, column: Column, token: str) -> Record | None:
        """The payment of this token. Raises Unavailable when SQL is away."""
        looked_up = token if _TOKEN.fullmatch(token) else "-"  # no token of ours, and the same work
        with reachable(), reading(self._engine) as connection:
            return find(connection, payment.c[column] == looked_up)

    def named(self, record: Record) -> str:
        """What to do for the visitor: "open", "coming" (no link yet), "changed", "awaited", or the payment's state.

        A link for more than is owed by now is turned off (RULES M1). One that would be too large together with what a
        bank is sending is only kept shut ("awaited"): the bank may still fail. Raises Unavailable when SQL is away.
        """
        named = state(record, self._clock.now())
        if named not in OPEN and named != "withdrawn":
            return named
        with reachable(), reading(self._engine) as connection:
            owed = receivable(connection, record.account_id)
            awaited = _awaited(connection, record)
        if owed != record.balance.minor and record.amount.minor > owed:
            mine = payment.c.id == record.id.reveal()
            transact(self._engine, self._clock, lambda writing: withdraw(writing, self._clock.now(), mine))
            return "changed"
        if named == "withdrawn":
            return named
        if awaited and record.amount.minor > owed - awaited:
            return "awaited"
        return "coming" if record.link_url is None else "open"

    def opened(self, record: Record) -> None:
        """A person went through. Raises Unavailable when SQL is away."""
        if record.opened_at is None:
            with reachable(), self._engine.begin() as connection:
                mark(connection, record.id, "opened_at", self._clock.now())


def _awaited(connection: Connection, record: Record) -> int:
    """What banks were asked to send for this account since this link was asked for; its payer did not know of that."""
    undecided = (payment.c.paid_at.is_(None), payment.c.failed_at.is_(None))
    theirs = (payment.c.account_id == record.account_id, payment.c.pending_at >= record.requested_at)
    return connection.scalar(select(func.coalesce(func.sum(payment.c.amount), 0)).where(*theirs, *undecided)) or 0
