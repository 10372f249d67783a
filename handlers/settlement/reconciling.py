"""Reconciliation of a day, from beginning to end: `Reconciliation.run`, and `look` for the schedule."""

import logging
from collections.abc import Mapping
from datetime import date, datetime

import stripe
from sqlalchemy import Engine

from bot.errors import Refused, Unavailable
from bot.money import Money
from bot.ports import Clock
from bot.utility import Utility
from handlers.ledger.database import reading, take_time
from handlers.ledger.reach import reachable
from handlers.payments.stripe_client import translated
from handlers.settlement import books, days
from handlers.settlement.comparing import Comparison
from handlers.settlement.leftovers import Leftovers
from handlers.settlement.repairs import Repairs, Take
from handlers.settlement.report import Report
from handlers.settlement.run import Run
from handlers.settlement.statement import bounds

log = logging.getLogger("guestpay.settlement")


class Busy(Exception):
    """The day is in somebody else's hands at this moment."""


class Reconciliation:
    """Holds Stripe's account of a day against the ledger. `client` may wait; `live` is the mode of our key.

    `take` is `Events.take`. Stripe's account is one, so with several utilities the day is that of the first one's zone.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        client: stripe.StripeClient,
        utilities: Mapping[str, Utility],
        live: bool,
        take: Take,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._client = client
        self._utility = next(iter(utilities.values()))
        self._others = len(utilities) > 1
        self._repairs = Repairs(engine, clock, client, live, take)
        self._leftovers = Leftovers(engine, clock, client, live, take)

    @property
    def today(self) -> date:
        """The day that it is where the utility is: not over yet."""
        return self._clock.now().astimezone(self._utility.zone).date()

    def run(self, day: date, dry_run: bool = False, again: bool = True) -> Report:
        """Reconcile a day that is over; doing it again changes nothing more. `dry_run` only looks.

        Raises Busy when somebody is at it, or has done it and not `again`; Unavailable, Refused and days.Superseded
        when it came to no end: then the day is as it was before, but for what was put right.
        """
        report = Report(day, self._utility.zone, self._utility.brand, self._others, dry_run)
        comparison = Comparison(self._engine, self._clock, report)
        if not dry_run:
            self._claim(day, comparison.began_at, again)
        try:
            self._go_through(Run(self._engine, self._clock, self._client, self._repairs, comparison), report)
        except BaseException:
            if not dry_run:
                self._let_go(day, comparison.began_at)
            raise
        return report

    def _claim(self, day: date, began_at: datetime, again: bool) -> None:
        with reachable(), self._engine.begin() as connection:
            if not days.claim(connection, day, began_at, again):
                raise Busy("another process is reconciling, this day or another")

    def _let_go(self, day: date, began_at: datetime) -> None:
        try:
            with reachable():
                days.let_go(self._engine, day, began_at)
        except Unavailable:
            log.warning("SQL is away: %s is taken up again when its lease has run out", day)

    def _go_through(self, run: Run, report: Report) -> None:
        run.statement()
        run.ledger()
        report.repaired += self._leftovers.links(report.dry_run)
        decided, waiting = self._leftovers.pending(report.dry_run)
        report.repaired += decided
        report.waiting += waiting
        self._add_up(report)
        run.write_down()

    def _add_up(self, report: Report) -> None:
        with translated():
            balance = self._client.v1.balance.retrieve()
        sums = [Money(part.amount, part.currency.upper()) for part in balance.available]
        sums += [Money(part.amount, part.currency.upper()) for part in balance.pending]
        for each in sums:
            report.held[each.currency] = report.held.get(each.currency, Money(0, each.currency)) + each
        with reachable(), reading(self._engine) as connection:
            take_time(connection)
            report.totals = books.totals(connection, report.day, bounds(report.day, report.zone)[1])
            report.since = books.first_line(connection)

    def look(self) -> None:
        """Reconcile what is due: yesterday from six in the morning on, and days that were missed. For the schedule.

        What stands in the way is one line in the log, and the next look tries again.
        """
        try:
            with reachable():
                waiting = days.due(self._engine, self._utility.zone, self._clock.now())
            for day in waiting:
                self._look_at(day)
        except Unavailable as away:
            log.warning("reconciliation waits for the next look: %s", away)
        except Refused as refusal:
            log.error("Stripe refuses reconciliation: %s", refusal)

    def _look_at(self, day: date) -> None:
        try:
            report = self.run(day, again=False)
        except (Busy, days.Superseded):
            return
        if not report.clean:
            log.error("reconciliation of %s: %d differences wait for a person", day, len(report.open))
