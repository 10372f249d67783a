"""Each program stops with one clear line where a setting is missing, and an import keeps nothing of a bad file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from handlers.ledger.database import reading
from handlers.ledger.tables import account, bill
from tests.config.test_settings import GOOD
from tests.e2e.program import ROOT
from tests.sql import sqlite_engine

PROGRAMS = {
    "gunicorn": ["gunicorn", "-c", "config/gunicorn.py", "wsgi:app"],
    "celery": ["celery", "-A", "config.worker:app", "worker", "--beat"],
    "flask": ["flask", "--app", "wsgi", "migrate"],
}


def run(command: list[str], environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run it to its end, with these settings and no others."""
    environ = {"PATH": os.environ["PATH"], **environ}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )


def said(run: "subprocess.CompletedProcess[str]") -> list[str]:
    """What it said, but for lines of the log."""
    return [line for line in (run.stdout + run.stderr).splitlines() if not _is_log(line)]


def _is_log(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("STRIPE_WEBHOOK_SECRET", "", "guestpay: STRIPE_WEBHOOK_SECRET is not set: it must be "),
        ("UTILITIES", "tests", "guestpay: UTILITIES must be "),
    ],
    ids=["missing", "malformed"],
)
def test_a_bad_setting_stops_the_start_with_one_line(program: str, name: str, value: str, words: str) -> None:
    ended = run(PROGRAMS[program], {**GOOD, name: value})
    assert ended.returncode == 1
    assert len(said(ended)) == 1
    assert said(ended)[0].startswith(words)


def test_an_import_before_the_tables_are_made_says_how_to_make_them(tmp_path: Path) -> None:
    bills = tmp_path / "bills.csv"
    bills.touch()
    environ = {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path / 'guestpay.db'}"}
    ended = run(["flask", "--app", "wsgi", "import", "bills", str(bills)], environ)
    assert ended.returncode == 1
    assert said(ended) == ["Error: The database has no tables yet. Make them: flask --app wsgi migrate"]


def test_a_bad_row_is_told_by_line_and_column_and_nothing_of_the_file_is_kept(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path)
    environ = {**GOOD, "DATABASE_URL": engine.url.render_as_string()}
    accounts, bills = tmp_path / "accounts.csv", tmp_path / "bills.csv"
    accounts.write_text(
        "account_number,holder_name,service_street,service_city,service_state,service_zip,mobile,email,language,kind,"
        "rate_plan,status\n"
        "0012345678,Ana,1423 Maple St,Springfield,IL,62701,+12175550111,,en,electric,Home,active\n"
    )
    bills.write_text(
        "account_number,period_start,period_end,issued_on,due_on,currency,amount_due,past_due,usage_quantity,usage_unit\n"
        "0012345678,2026-09-14,2026-10-12,2026-10-14,2026-11-05,USD,80.00,0.00,512,kWh\n"
        "0012345678,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,eighty,0.00,512,kWh\n"
    )
    good = run(["flask", "--app", "wsgi", "import", "accounts", str(accounts)], environ)
    bad = run(["flask", "--app", "wsgi", "import", "bills", str(bills)], environ)
    with reading(engine) as connection:
        kept = [connection.scalar(select(func.count()).select_from(table)) for table in (account, bill)]
    engine.dispose()
    assert (good.returncode, bad.returncode) == (0, 1)
    assert kept == [1, 0]
    told = "\n".join(said(bad))
    assert "nothing was imported" in told
    assert "line 3" in told and "amount_due" in told
    assert "Traceback" not in told
