"""One run over one day: Stripe's lines against the ledger, then the ledger against Stripe's lines."""

from datetime import timedelta

import stripe
from sqlalchemy import Engine

from bot.names import PaymentId
from bot.ports import Clock
from handlers.ledger.database import reading, take_time
from handlers.ledger.reach import reachable
from handlers.payments.records import reference
from handlers.settlement import books, days, differences, statement
from handlers.settlement.comparing import Comparison
from handlers.settlement.findings import Difference, Note, What
from handlers.settlement.lines import StatementLine, cause
from handlers.settlement.matching import Judged
from handlers.settlement.repairs import Beyond, Missed, Nothing, Repairs, Waits

# The day's fetch begins a little before it: what came to the statement late is not left out for ever.
OVERLAP = timedelta(hours=2)
# Lines that nothing was known of are tried again for so long; bank debits are decided by then.
LOOK_BACK = timedelta(days=14)
# A movement of ours without a line is no difference before that: Stripe's line may come after its event.
GRACE = timedelta(days=3)


class Run:
    """Holds no transaction while Stripe is asked. What it finds goes into the report of the comparison.

    Raises Unavailable and Refused, and days.Superseded when somebody took the day over.
    """

    def __init__(
        self, engine: Engine, clock: Clock, client: stripe.StripeClient, repairs: Repairs, comparison: Comparison
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._client = client
        self._repairs = repairs
        self._comparison = comparison
        self._report = comparison.report

    def statement(self) -> None:
        """Fetch the day's lines and match them, with those that are open from earlier days; repair what can be."""
        left: list[Judged] = []
        for batch in statement.fetch(self._client, self._comparison.begins - OVERLAP, self._comparison.ends):
            self._report.count(line for line in batch if line.created_at >= self._comparison.begins)
            left += self._comparison.match(batch)
        left += self._comparison.match(self._older({each.line.id for each in left}))
        # A refund makes sense once its charge is known.
        for judged in sorted(left, key=lambda each: each.line.created_at):
            self._resolve(judged)

    def _older(self, fresh: set[str]) -> list[StatementLine]:
        with reachable(), reading(self._engine) as connection:
            also = differences.watched(connection).lines
            lines = statement.unmatched(connection, self._comparison.begins - LOOK_BACK, self._comparison.begins, also)
        return [line for line in lines if line.id not in fresh]

    def _resolve(self, judged: Judged) -> None:
        line = judged.line
        if judged.came == "sums differ":
            self._differ(line, judged.came, judged.why)
            return
        match self._repairs.plan(line):
            case Missed() as missed:
                self._repair(line, missed)
            case Waits(why):
                self._report.waiting.append(Note(line.source or line.id, line.money, why))
            case Nothing(said):
                self._comparison.keep(line, said)
            case Beyond(what, why, payment_id):
                self._differ(line, what, why, payment_id)

    def _repair(self, line: StatementLine, missed: Missed) -> None:
        payment = f", payment {reference(missed.payment_id)}" if missed.payment_id else ""
        note = Note(line.source or line.id, line.money, f"the {missed.type} of it was missed{payment}")
        if self._report.dry_run:
            self._report.repaired.append(note)
            return
        settled = self._repairs.carry_out(line, missed)
        left = self._comparison.match([line])
        if not left:
            self._report.repaired.append(note)
        elif left[0].came == "sums differ":
            self._differ(line, left[0].came, left[0].why, missed.payment_id)
        else:
            why = left[0].why if settled else f"{left[0].why}; it could not be settled just now"
            self._differ(line, "missing here", why, missed.payment_id)

    def _differ(self, line: StatementLine, what: What, why: str, payment_id: PaymentId | None = None) -> None:
        if payment_id is None and (wanted := cause(line)):
            with reachable(), reading(self._engine) as connection:
                payment_id = books.about(connection, wanted)
        about = line.source or line.id
        found = Difference(what, line.id, about, line.money, line.created_at, why, payment_id)
        self._report.differences.append(found)

    def ledger(self) -> None:
        """The other way round: what we posted and no line says. Stripe is asked for each, whenever its line was."""
        with reachable(), reading(self._engine) as connection:
            take_time(connection)
            also = differences.watched(connection).journals
            movements = books.unseen(
                connection, self._comparison.begins - GRACE, self._comparison.ends, self._comparison.seen, also
            )
        for movement in movements:
            self._look_up(movement)

    def _look_up(self, movement: books.Movement) -> None:
        line = statement.ask(self._client, movement.cause)
        if line is not None:
            for judged in self._comparison.match([line]):
                self._resolve(judged)
            return
        about = movement.cause.partition(":")[2]
        if self._clock.now() - movement.at < GRACE:
            self._report.waiting.append(Note(about, movement.money, "the ledger has it, Stripe's line may still come"))
            return
        why = "the ledger says that it moved, and Stripe has no such line"
        found = Difference(
            "missing at Stripe", movement.cause, about, movement.money, movement.at, why, movement.payment_id
        )
        self._report.differences.append(found)

    def write_down(self) -> None:
        """Open tickets, close those whose difference is gone, end the day: in one transaction."""
        report = self._report
        with self._comparison.writing() as connection:
            if not report.dry_run:
                report.closed = differences.update_tickets(connection, report.differences, self._clock.now())
            report.settled = differences.settled(connection, report.differences)
            if not report.dry_run:
                counts = (report.lines, len(report.repaired), len(report.open))
                days.finish(connection, report.day, self._clock.now(), *counts)
