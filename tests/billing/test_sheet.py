"""A CSV file is read strictly, and what is wrong with it is told by line and column, never by value."""

from collections.abc import Iterable
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from handlers.billing.cells import words
from handlers.billing.sheet import BadFile, Faults, read

COLUMNS = {"name": words(12), "town": words(12, empty=True)}


def rows(lines: Iterable[str]) -> list[tuple[int, str, str]]:
    faults = Faults()
    found = [(row.line, row.values["name"], row.values["town"]) for row in read(lines, COLUMNS, faults)]
    faults.settle()
    return found


def refused(text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        rows(StringIO(text, newline=""))
    return [str(row) for row in caught.value.rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name,town\nAna,Springfield\n", [(2, "Ana", "Springfield")]),
        ("name,town\r\nAna,Springfield", [(2, "Ana", "Springfield")]),
        ("\ufeffname,town\nAna,\n", [(2, "Ana", "")]),
        ('\ufeff"name","town"\nAna,\n', [(2, "Ana", "")]),
        ("town,name\nSpringfield,Ana\n", [(2, "Ana", "Springfield")]),
        (" name , town \n Ana , Springfield \n", [(2, "Ana", "Springfield")]),
        ("\n\nname,town\n\nAna,\n,\n  \nBen,\n\n", [(5, "Ana", ""), (8, "Ben", "")]),
        ('name,town\n"Ana\nLu",x\nBen,y\n', [(2, "Ana Lu", "x"), (4, "Ben", "y")]),
        ('name,town\n"A ""Z""",x\n', [(2, 'A "Z"', "x")]),
        ("name,town\n=1+1,@x\n", [(2, "=1+1", "@x")]),
        ("name,town\n", []),
    ],
)
def test_what_can_be_read_is_read(text: str, found: list[tuple[int, str, str]]) -> None:
    assert rows(StringIO(text, newline="")) == found


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["line 1, column name: the column is missing", "line 1, column town: the column is missing"]),
        ("name\nAna\n", ["line 1, column town: the column is missing"]),
        ("name,town,name\n", ["line 1, column name: the column is there twice"]),
        ("Ana,Springfield\n", ["line 1: column 1 has no name that this kind of file knows"]),
        ("name;town\n", ["line 1: the columns are not separated by commas"]),
        ("name\ttown\n", ["line 1: the columns are not separated by commas"]),
        ("name,town\nAna\n", ["line 2: it has 1 cells and the header has 2"]),
        ("name,town\nAna,x,y\n", ["line 2: it has 3 cells and the header has 2"]),
        ("name,town\n,x\n", ["line 2, column name: it is empty"]),
        ("name,town\nAna,a far too long name\n", ["line 2, column town: it is longer than 12 characters"]),
        ("name,town\nAna,S\0\n", ["line 2, column town: a control character is in it"]),
        ("name,town\nAna,\ud800\n", ["line 2, column town: a control character is in it"]),
        ('name,town\nAna,x\n"Ben,y\nCora,z\n', ["line 3: not a row of a CSV file"]),
        ('name,town\n"Ana"x,y\n', ["line 2: not a row of a CSV file"]),
        (f"name,town\n{'x' * 200_000},y\n", ["line 2: not a row of a CSV file"]),
    ],
)
def test_what_is_wrong_is_told(text: str, faults: list[str]) -> None:
    told = refused(text)

    assert all(said.startswith(fault) for said, fault in zip(told, faults, strict=False)), told
    assert len(told) >= len(faults)


def test_a_header_that_is_somebodys_data_is_not_repeated() -> None:
    assert "Ana" not in " ".join(refused("Ana,Springfield\n"))


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_lines() -> None:
    assert refused("name,town\n,a far too long name\nBen,\n,x\n") == [
        "line 2, column name: it is empty",
        "line 2, column town: it is longer than 12 characters",
        "line 4, column name: it is empty",
    ]


def test_twenty_faults_are_enough() -> None:
    endless = (line for line in ["name,town\n", *[",x\n"] * 1_000])

    with pytest.raises(BadFile) as caught:
        rows(endless)

    assert len(caught.value.rows) == 20
    assert next(endless) == ",x\n"


def test_text_that_is_not_utf8_is_refused_without_a_trace_of_it() -> None:
    with pytest.raises(BadFile) as caught, TextIOWrapper(BytesIO(b"name,town\nZo\xeb,x\n"), "utf-8") as file:
        rows(file)

    assert str(caught.value).startswith("nothing was imported\nline 1: from here on there is text that is not UTF-8")
    assert caught.value.__cause__ is None
