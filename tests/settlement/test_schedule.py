"""A worker looks by itself, behind everything else; and the command of the whole program does the same work."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from config.web import make_web
from config.wiring import Guestpay
from handlers.outbox.worker import LAST, make_celery
from handlers.settlement.schedule import LOOK_SECONDS, schedule
from sandbox.server import Sandbox
from tests.cast import cast
from tests.fakes import FakeChance, FakeClock
from tests.outbox.desk import Desk, Hand
from tests.settlement.morning import MONDAY_AT_SEVEN, Morning
from tests.sql import sqlite_engine
from tests.stage import make_sandbox, settings


def test_a_look_every_ten_minutes_waits_behind_everything_else() -> None:
    desk = Desk(create_engine("sqlite://"))
    app = make_celery("redis://127.0.0.1:1/0", desk.worker(Hand()), desk.engine, desk.clock)
    looked: list[str] = []
    schedule(app, lambda: looked.append("looked"))
    app.tasks["reconcile"]()
    entry = app.conf.beat_schedule["reconcile"]
    app.close()
    assert (looked, entry["schedule"], entry["options"]["priority"]) == (["looked"], LOOK_SECONDS, LAST)
    assert app.conf.broker_transport_options["priority_steps"][-1] == LAST
    assert set(app.conf.beat_schedule) == {"sweep", "reconcile"}


def test_a_look_without_sql_is_one_line_in_the_log(morning: Morning, caplog: pytest.LogCaptureFixture) -> None:
    morning.until(MONDAY_AT_SEVEN)
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    morning.engine = nowhere
    morning.another().look()
    assert caplog.messages == ["reconciliation waits for the next look: SQL is away"]


def test_the_whole_program_has_the_command(tmp_path: Path) -> None:
    sqlite_engine(tmp_path).dispose()
    with make_sandbox() as sandbox:
        said = _reconciled(sandbox, tmp_path)
    assert (said[0], "0 lines at Stripe" in said[1], "No differences." in said[1]) == (0, True, True)


def _reconciled(sandbox: Sandbox, tmp_path: Path) -> tuple[int, str]:
    database = f"sqlite:///{tmp_path / 'guestpay.db'}"
    program = Guestpay(settings(sandbox, database, "redis://127.0.0.1:1/0"), FakeClock(), FakeChance())
    cast(program.engine, program.clock)
    said = make_web(program).test_cli_runner().invoke(args=["reconcile", "--date", "2026-11-21"])
    program.engine.dispose()
    return said.exit_code, said.output
