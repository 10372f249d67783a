"""The morning after: payments of a Sunday, Stripe's statement of it, and the reconciliation on Monday at seven."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from bot.money import Money
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import reconciliation, statement_line, ticket
from handlers.payments.event import Event
from handlers.settlement.reconciling import Reconciliation
from handlers.settlement.report import Report
from sandbox.stripe_movements import balance_transaction
from sandbox.stripe_objects import Thing
from tests.cast import PRAIRIE
from tests.payments.world import World

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)
SUNDAY_NOON = datetime(2026, 11, 22, 18, tzinfo=UTC)
MONDAY_AT_SEVEN = datetime(2026, 11, 23, 13, tzinfo=UTC)


class Morning:
    """The world of payments with a reconciliation in it."""

    def __init__(self, world: World) -> None:
        self.world, self.clock, self.engine = world, world.clock, world.engine
        self.till, self.store = world.sandbox.till, world.sandbox.till.store
        self.reconciliation = self.another()

    def another(self, **utilities: Any) -> Reconciliation:
        """A second one, as another process has it; or one of more utilities."""
        known = utilities or {"prairie": PRAIRIE}
        return Reconciliation(self.engine, self.clock, self.world.client, known, False, self._take)

    def _take(self, event: Event) -> None:
        self.world.events.take(event)

    def until(self, then: datetime) -> None:
        """Let time pass until then."""
        self.clock.pass_time(seconds=(then - self.clock.now()).total_seconds())

    def run(self, day: date = SUNDAY, dry_run: bool = False) -> Report:
        """Reconcile, on Monday at seven or whenever it is by now."""
        self.until(max(MONDAY_AT_SEVEN, self.clock.now()))
        return self.reconciliation.run(day, dry_run)

    # What Stripe does

    def paid(self, told: bool = True, **order: Any) -> Thing:
        """Somebody pays by card; the charge. Not `told`: its webhooks get lost."""
        session = self.world.visit(self.world.link(**order))
        charge = self.till.pay_by_card(session)
        if told:
            assert self.world.deliver(self.world.events_of("checkout.session.completed")[-1]).status_code == 200
        return charge

    def line(self, kind: str, minor: int, source: str | None = None, fee: int = 0, **more: Any) -> Thing:
        """A line in Stripe's statement, of whatever kind."""
        made = balance_transaction(self.till.setting.mint, minor, "usd", source or "", kind, None)
        made |= {"source": source, "fee": fee, "net": minor - fee, **more}
        return self.store.add(made)

    # What came of it

    def lines(self) -> dict[str, str | None]:
        """The statement as it was kept: by source, the cause that was matched."""
        with self.engine.begin() as connection:
            rows = connection.execute(select(statement_line.c.source, statement_line.c.cause)).all()
        return {row.source: row.cause for row in rows}

    def tickets(self, still_open: bool = True) -> list[str]:
        """The causes of the tickets that reconciliation opened."""
        query = select(ticket.c.cause).where(ticket.c.kind == "difference").order_by(ticket.c.id)
        with self.engine.begin() as connection:
            return list(connection.scalars(query.where(ticket.c.closed_at.is_(None)) if still_open else query))

    def days(self) -> dict[date, bool]:
        """The days that were begun, and whether they came to an end."""
        with self.engine.begin() as connection:
            rows = connection.execute(select(reconciliation.c.day, reconciliation.c.ended_at)).all()
        return {row.day: row.ended_at is not None for row in rows}

    @property
    def left(self) -> list[int]:
        """How many differences each day that came to an end has left."""
        query = select(reconciliation.c.differences).order_by(reconciliation.c.day)
        with self.engine.begin() as connection:
            return list(connection.scalars(query.where(reconciliation.c.ended_at.is_not(None))))

    def post(self, cause: str, minor: int) -> None:
        """A posting that no event made."""
        lines = [Line("stripe", Money(minor)), Line("unapplied", Money(-minor))]
        with self.engine.begin() as connection:
            assert post(connection, cause, lines, self.clock.now(), self.clock.now().date())


def whats(report: Report) -> list[str]:
    """The differences' kinds."""
    return [each.what for each in report.differences]
