"""Reading a CSV file strictly, row by row. A fault is told by line, column and reason, never by the value itself."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Reader = Callable[[str], Any]
_MOST_FAULTS = 20  # enough to mend a file in a few rounds, few enough to read
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class BadCell(ValueError):
    """A cell that cannot be read. Its words are shown to the operator and never hold the value."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One fault: the line where the row begins, the column's name ("" if it is the whole row), the reason."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}{self.column and f', column {self.column}'}: {self.reason}"


class BadFile(Exception):
    """The file was not imported, none of it, because of these rows."""

    def __init__(self, rows: Sequence[BadRow]) -> None:
        self.rows = tuple(sorted(rows, key=lambda row: row.line))
        super().__init__("\n".join(["nothing was imported", *map(str, self.rows)]))


class Faults:
    """What is wrong with a file, gathered so that it can be mended in one go."""

    def __init__(self) -> None:
        self._rows: list[BadRow] = []

    def add(self, line: int, column: str, reason: str) -> None:
        """Note one more. Raises BadFile when there are enough of them."""
        self._rows.append(BadRow(line, column, reason))
        if len(self._rows) == _MOST_FAULTS:
            self.settle()

    def __bool__(self) -> bool:
        return bool(self._rows)

    def settle(self) -> None:
        """Raise BadFile if anything was wrong."""
        if self._rows:
            raise BadFile(self._rows)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read: the line where it begins, and what its cells mean."""

    line: int
    values: dict[str, Any]


def read(lines: Iterable[str], columns: Mapping[str, Reader], faults: Faults) -> Iterator[Row]:
    """The good rows of a CSV file that has exactly these columns, in any order, named in its first line.

    Rows without any text are passed over; spaces around a cell do not count; bad rows go to `faults`. Raises BadFile
    at once if the file as a whole cannot be read.
    """
    rows = _rows(lines, faults)
    line, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    _check_header(line, names, columns, faults)
    for line, cells in rows:
        if len(cells) != len(names):
            faults.add(line, "", f"it has {len(cells)} cells and the header has {len(names)}")
        elif (values := _values(line, dict(zip(names, cells, strict=True)), columns, faults)) is not None:
            yield Row(line, values)


def _rows(lines: Iterable[str], faults: Faults) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(_without_mark(lines), strict=True)
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows, None)
        except csv.Error:
            faults.add(line, "", "not a row of a CSV file: a quote is missing or misplaced, or a cell is far too long")
            faults.settle()
        except UnicodeDecodeError:
            faults.add(line, "", 'from here on there is text that is not UTF-8; save the file as "CSV UTF-8"')
            faults.settle()
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    """The lines, without the byte order mark that spreadsheets put in front."""
    for number, line in enumerate(lines):
        yield line.removeprefix("\ufeff") if number == 0 else line


def _check_header(line: int, names: list[str], columns: Mapping[str, Reader], faults: Faults) -> None:
    if len(names) == 1 and re.search(r"[;\t|]", names[0]):
        faults.add(line, "", "the columns are not separated by commas")
        faults.settle()
    for place, name in enumerate(names, start=1):
        if name not in columns:  # not repeated: without a header line it would be somebody's data
            faults.add(line, "", f"column {place} has no name that this kind of file knows")
        elif name in names[: place - 1]:
            faults.add(line, name, "the column is there twice")
    for name in columns:
        if name not in names:
            faults.add(line, name, "the column is missing")
    faults.settle()


def _values(
    line: int, cells: Mapping[str, str], columns: Mapping[str, Reader], faults: Faults
) -> dict[str, Any] | None:
    values = {}
    for name, reader in columns.items():
        cell = cells[name]
        try:
            if _CONTROL.search(cell):
                raise BadCell("a control character is in it")
            values[name] = reader(cell.strip())
        except BadCell as bad:
            faults.add(line, name, str(bad))
    return values if len(values) == len(columns) else None
