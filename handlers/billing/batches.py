"""Keeping the rows of a file: in batches, in one transaction, each row once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table, insert, select, text

from handlers.billing.sheet import Faults, Row

_BATCH = 1000
_LOCK = 7_032_027  # of all imports; the number next to the one that migrations take


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file's rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Imported") -> "Imported":
        return Imported(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, a thousand at a time: memory stays the same however long the file is."""
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch


def one_at_a_time(connection: Connection) -> None:
    """Wait for another import to end. On SQLite, a transaction that writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def tell_planner(connection: Connection, done: Imported) -> None:
    """After many new rows, let PostgreSQL count its tables. It would by and by, and until then choose slow ways."""
    if done.new >= _BATCH and connection.dialect.name == "postgresql":
        connection.execute(text("analyze account, bill, journal, entry"))


class Seen:
    """The keys that a file has had so far, and the accounts that it changed: a table that ends with the import."""

    def __init__(self, connection: Connection, what: str) -> None:
        self._connection = connection
        self._what = what
        self._table = Table(
            "seen",
            MetaData(),
            Column("key", String(40), primary_key=True),
            Column("line", Integer, nullable=False),
            Column("touched", BigInteger),
            prefixes=["TEMPORARY"],
        )
        self._table.create(connection, checkfirst=False)

    def forget(self) -> None:
        """Drop the table, so that the connection's next user finds none."""
        self._table.drop(self._connection, checkfirst=False)

    def once(self, rows: Sequence[tuple[str, Row, int | None]], column: str, faults: Faults) -> None:
        """Note rows by key, with the account that each touches; a key that was there before is a fault."""
        keys = [key for key, _row, _touched in rows]
        table = self._table
        known = select(table.c.key, table.c.line).where(table.c.key.in_(keys))
        lines: dict[str, int] = {key: line for key, line in self._connection.execute(known)}
        noting = []
        for key, row, touched in rows:
            if key in lines:
                faults.add(row.line, column, f"the same {self._what} as in line {lines[key]}")
            else:
                lines[key] = row.line
                noting.append({"key": key, "line": row.line, "touched": touched})
        if noting:
            self._connection.execute(insert(table), noting)

    def touched(self) -> Iterator[Sequence[int]]:
        """The ids of all accounts that were touched, each once, some hundreds at a time."""
        table, last = self._table, 0
        while ids := self._connection.scalars(
            select(table.c.touched).distinct().where(table.c.touched > last).order_by(table.c.touched).limit(_BATCH)
        ).all():
            yield ids
            last = ids[-1]
