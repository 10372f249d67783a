"""The backup and the restore of docs/operating.md, done word for word, while money moves on."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bot.money import Money
from handlers.ledger.database import connect
from handlers.ledger.tables import entry, journal, payment
from handlers.payments import stripe_client
from sandbox.server import Sandbox
from tests.cast import ELIS_PHONE, MARY, PRAIRIE, texting
from tests.config.test_settings import GOOD
from tests.e2e.program import ROOT
from tests.payments.world import SECRET, STRIPE_KEY, World
from tests.sql import cluster, sqlite_engine
from tests.timed import TimedSandbox


def command(title: str) -> str:
    """The lines of the operating manual under this comment."""
    manual = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    found = re.search(rf"```sh\n# {re.escape(title)}[^\n]*\n(.*?)```", manual, re.DOTALL)
    assert found, f"the manual does not say how to do this: {title}"
    return found[1]


@dataclass
class Machine:
    """A folder with the program's `.venv` in it, in which an operator types what the manual says."""

    folder: Path
    sandbox: Sandbox

    def type(self, lines: str, database_url: str) -> str:
        """Run it in a shell; what it said. Fails with what went wrong."""
        environ = {
            **GOOD,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database_url,
            "STRIPE_API_KEY": STRIPE_KEY,
            "STRIPE_API_BASE": self.sandbox.url,
            "UTILITIES": str(ROOT / "config" / "utilities"),
        }
        shell = ["sh", "-e", "-c", lines]
        done = subprocess.run(shell, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def sandbox() -> Iterator[TimedSandbox]:
    """Stripe, yesterday: the operator reconciles days that are over."""
    with TimedSandbox("http://127.0.0.1:9", "AC" + "5" * 32, "token", STRIPE_KEY, SECRET) as made:
        yield made


@pytest.fixture
def machine(tmp_path: Path, sandbox: TimedSandbox) -> Machine:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return Machine(tmp_path, sandbox)


def open_world(engine: Engine, sandbox: TimedSandbox) -> World:
    client = stripe_client.client(STRIPE_KEY, sandbox.url, 30.0)
    return World(engine, sandbox, client, datetime.now(UTC) - timedelta(days=1))


def money(engine: Engine) -> set[tuple[str, str, int]]:
    """All that payments ever moved: cause, book, sum."""
    with engine.connect() as connection:
        query = select(journal.c.cause, entry.c.book, entry.c.minor).join(entry).where(entry.c.payment_id.is_not(None))
        return {(row.cause, row.book, row.minor) for row in connection.execute(query)}


def told(engine: Engine) -> list[tuple[str, bool]]:
    """Each payment, and whether it is known to be paid."""
    with engine.connect() as connection:
        rows = connection.execute(select(payment.c.id, payment.c.paid_at).order_by(payment.c.requested_at))
        return [(row.id, row.paid_at is not None) for row in rows]


def live_through(world: World, back_up: Callable[[], object]) -> set[tuple[str, str, int]]:
    """Ana pays; a backup is made; Eli pays for Mary. What the books then say."""
    world.pay(world.link())
    marys = world.link(number=MARY, payer=texting(ELIS_PHONE), amount=Money(6145))
    back_up()
    world.pay(marys)
    return money(world.engine)


def come_back(machine: Machine, url: str, before: set[tuple[str, str, int]]) -> None:
    """After the restore: the manual's commands, and every cent is where it was."""
    machine.type(command("after a restore"), url)
    engine = connect(url)
    try:
        assert money(engine) < before, "the backup was not older than the loss"
        yesterday = (datetime.now(UTC) - timedelta(days=1)).astimezone(PRAIRIE.zone).date()
        report = machine.type(f".venv/bin/flask --app wsgi reconcile --date {yesterday}", url)
        assert "missed" in report
        assert money(engine) == before
        assert [paid for _id, paid in told(engine)] == [True, True]
    finally:
        engine.dispose()


def test_sqlite_comes_back_and_stripe_knows_the_rest(machine: Machine, sandbox: TimedSandbox) -> None:
    lost = sqlite_engine(machine.folder)
    url = f"sqlite:///{machine.folder / 'guestpay.db'}"
    try:
        before = live_through(open_world(lost, sandbox), lambda: machine.type(command("backup, SQLite"), url))
    finally:
        lost.dispose()
    machine.type(command("restore, SQLite"), url)
    come_back(machine, url, before)


def test_postgresql_comes_back_and_stripe_knows_the_rest(
    machine: Machine, sandbox: TimedSandbox, pytestconfig: pytest.Config
) -> None:
    server = cluster(pytestconfig)
    with server.database() as lost, server.database(migrated=False) as new:
        old_url, new_url = (engine.url.render_as_string(hide_password=False) for engine in (lost, new))
        before = live_through(open_world(lost, sandbox), lambda: machine.type(command("backup, PostgreSQL"), old_url))
        machine.type(command("restore, PostgreSQL"), new_url)
        come_back(machine, new_url, before)
