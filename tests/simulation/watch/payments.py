"""Payments: facts are set once and stay, what was ordered stays, and a state never moves backwards."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from bot.names import PaymentId
from handlers.ledger.tables import payment
from handlers.payments.records import by_id
from handlers.payments.state import state

if TYPE_CHECKING:
    from tests.simulation.law import Law
    from tests.simulation.world import World

# What may follow what: never an earlier one.
_ORDER = ("requested", "link_sent", "opened", "expired withdrawn", "pending", "failed", "paid", "posted")
_ORDER += ("refunded", "charged_back")
_RANK = {name: rank for rank, names in enumerate(_ORDER) for name in names.split()}
# What may change in a row besides facts: a new key for Stripe, a link that came, how long it lives, who paid it.
_MAY_CHANGE = ("version", "expires_at")
_UNTIL_PAID = ("checkout_session", "payment_intent")  # the visit that pays may be another than the one that tried


class Payments:
    """Compares every payment row with what it was before. `rows` are as last seen."""

    def __init__(self, world: "World", law: "Law") -> None:
        self._world = world
        self._law = law
        self.rows: dict[str, dict[str, Any]] = {}
        self._states: dict[str, str] = {}

    def check(self, connection: Connection) -> None:
        """After every step."""
        rows = {row["id"]: dict(row) for row in connection.execute(select(payment)).mappings()}
        self._law.demand(self.rows.keys() <= rows.keys(), "no payment is ever deleted")
        for name, row in rows.items():
            before = self.rows.get(name)
            if before == row and self._states[name] not in ("requested", "link_sent", "opened"):
                continue
            if before:
                self._compare(before, row)
            self._step(connection, name)
        self.rows = rows

    def _compare(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        for column, value in before.items():
            open_still = column in _UNTIL_PAID and before["paid_at"] is None
            if value is not None and column not in _MAY_CHANGE and not open_still:
                same = after[column] == value
                kind = "a fact" if isinstance(value, datetime) else "what was ordered"
                self._law.demand(same, f"{kind} never changes", f"{after['id']} {column}: {value} -> {after[column]}")

    def _step(self, connection: Connection, name: str) -> None:
        record = by_id(connection, PaymentId(name))
        assert record
        now, before = state(record, self._world.clock.now()), self._states.get(name)
        if before is not None and before != now:
            forward = _RANK[now] >= _RANK[before]
            self._law.demand(forward, "a payment's state never moves backwards", f"{name}: {before} -> {now}")
        self._states[name] = now
