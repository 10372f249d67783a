"""Lines held against the ledger in transactions that hold the day's row, or that only read, if the run is dry."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.settlement import days, statement
from handlers.settlement.lines import StatementLine, cause
from handlers.settlement.matching import Judged, compare, match
from handlers.settlement.report import Report


class Comparison:
    """What a run writes, and what it has seen. `seen` are the causes of all lines that it held against the ledger.

    Everything raises Unavailable, and days.Superseded when somebody took the day over.
    """

    def __init__(self, engine: Engine, clock: Clock, report: Report) -> None:
        self._engine = engine
        self._clock = clock
        self.report = report
        self.began_at = clock.now()
        self.begins, self.ends = statement.bounds(report.day, report.zone)
        self.seen: set[str] = set()

    def match(self, lines: Sequence[StatementLine]) -> list[Judged]:
        """Hold lines against the ledger, and keep them unless this run is dry; those that it does not know so."""
        if not lines:
            return []
        with self.writing() as connection:
            if self.report.dry_run:
                judged = compare(connection, lines)
            else:
                judged = match(connection, lines, self.report.zone, self._clock.now())
        self.seen.update(cause(line) or "" for line in lines)
        self._in_the_ledger(each.line for each in judged if each.came == "matched")
        return [each for each in judged if each.came != "matched"]

    def _in_the_ledger(self, lines: Iterable[StatementLine]) -> None:
        """Count those of the day: earlier ones are looked at again, later ones early."""
        self.report.matched += sum(self.begins <= line.created_at < self.ends for line in lines)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the day's row; one that only reads, if this run is dry."""
        with reachable():
            if self.report.dry_run:
                with reading(self._engine) as connection:
                    yield connection
            else:
                with self._engine.begin() as connection:
                    days.still_ours(connection, self.report.day, self.began_at)
                    yield connection

    def keep(self, line: StatementLine, said: str) -> None:
        """Keep a line that needs no journal, with the cause that says why."""
        self._in_the_ledger([line])
        if not self.report.dry_run:
            with self.writing() as connection:
                statement.save(connection, [(line, said)], self._clock.now())
