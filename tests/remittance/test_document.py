"""docs/remittance.md: its example is what the program writes, and its check finds what was changed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from handlers.remittance.remit import remit
from tests.cast import ANA, DEV, PRAIRIE
from tests.remittance.ledger import Ledger

DOCUMENT = (Path(__file__).parents[2] / "docs" / "remittance.md").read_text("utf-8")
[CHECK] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
EXAMPLE = re.findall(r"```csv\n(remittance,.*?)```", DOCUMENT, re.DOTALL)[0].encode()


def check(tmp_path: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    """Run the document's check on a file."""
    file = tmp_path / "remittance.csv"
    file.write_bytes(data)
    return subprocess.run(
        [sys.executable, "-c", CHECK, str(file)], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_example_is_what_the_program_writes(ledger: Ledger) -> None:
    paid = ledger.pay(ANA, 8420)
    ledger.clock.pass_time(minutes=7)
    ledger.pay(DEV, 10000, fee=0)
    ledger.clock.pass_time(hours=3)
    ledger.take_back(paid, 2000)
    assert ledger.remit().data == EXAMPLE


def test_the_check_takes_the_example_for_whole(tmp_path: Path) -> None:
    assert check(tmp_path, EXAMPLE).stdout == "remittance 1 of prairie: 4 rows, 164.20 USD\n"


def test_the_check_takes_a_remittance_without_rows_for_whole(ledger: Ledger, tmp_path: Path) -> None:
    remit(ledger.engine, PRAIRIE, tmp_path / "1.csv", ledger.clock)
    done = check(tmp_path, (tmp_path / "1.csv").read_bytes())
    assert done.stdout == "remittance 1 of prairie: 0 rows, 0.00 USD\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"84.20", b"84.21"), (b",0012345678", b",12345678"), (b"164.20,USD", b"164.21,USD"), (b",1,4,", b",1,5,")],
)
def test_the_check_finds_what_was_changed(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert "AssertionError" in check(tmp_path, EXAMPLE.replace(old, new, 1)).stderr


def test_the_check_finds_a_file_that_was_cut_off(tmp_path: Path) -> None:
    assert check(tmp_path, EXAMPLE[: len(EXAMPLE) // 2]).returncode != 0


def test_the_check_is_ten_lines_of_code() -> None:
    assert len([line for line in CHECK.splitlines() if line and not line.startswith(("import", "from"))]) <= 10
