"""SQL for tests: each test gets a migrated database of its own, on SQLite and on PostgreSQL.

A folder's conftest.py says `from tests.sql import engine  # noqa: F401`, and a test that takes `engine` runs on both.
Where the PostgreSQL programs are missing its half is skipped, or fails when GUESTPAY_REQUIRE_ALL=1.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from handlers.ledger.database import connect
from handlers.ledger.migrate import migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated database, once on each of the two."""
    if request.param == "sqlite":
        made = sqlite_engine(tmp_path)
        try:
            yield made
        finally:
            made.dispose()
    else:
        with cluster(request.config).database() as made:
            yield made


def sqlite_engine(tmp_path: Path) -> Engine:
    """An empty, migrated SQLite file in `tmp_path`. The caller disposes of the engine."""
    path = tmp_path / "guestpay.db"
    path.write_bytes(_migrated_sqlite())
    return connect(f"sqlite:///{path}")


@cache
def _migrated_sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.db")
        engine = connect(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()


class Cluster:
    """A throw-away PostgreSQL server in a folder of its own, reached by its unix socket alone."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="guestpay-pg-"))
        self._names = (f"test_{number}" for number in count(1))
        self._user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = (
            f"-c listen_addresses='' -k {self._folder} -c fsync=off -c synchronous_commit=off -c shared_buffers=32MB"
        )
        self._run("pg_ctl", "start", "-w", "-s", "-l", str(self._folder / "log"), "-o", settings)
        self._admin = connect(self.url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        self._command("create database template_of_tests")
        template = connect(self.url("template_of_tests"))
        migrate(template)
        template.dispose()

    def url(self, database: str) -> str:
        """The SQLAlchemy form of a database's address."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    @contextmanager
    def database(self, migrated: bool = True) -> Iterator[Engine]:
        """A database for one test, gone afterwards; with every table, or quite empty."""
        name = next(self._names)
        self._command(f"create database {name} template {'template_of_tests' if migrated else 'template0'}")
        engine = connect(self.url(name))
        try:
            yield engine
        finally:
            engine.dispose()
            self._command(f"drop database {name} with (force)")

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._admin.dispose()
        self._run("pg_ctl", "stop", "-m", "immediate", "-s")
        shutil.rmtree(self._folder)

    def _command(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._programs / program), "-D", str(self._folder / "data"), *words],
            check=True,
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


_CLUSTER = pytest.StashKey[Cluster]()


def cluster(config: pytest.Config) -> Cluster:
    """This test process's PostgreSQL server, started when first asked for. Skips or fails where there is none."""
    if _CLUSTER not in config.stash:
        programs = _programs()
        if programs is None:
            missing = "PostgreSQL is not installed here (no folder with both initdb and postgres)"
            (pytest.fail if os.environ.get("GUESTPAY_REQUIRE_ALL") == "1" else pytest.skip)(missing)
        config.stash[_CLUSTER] = made = Cluster(programs)
        config.add_cleanup(made.stop)
    return config.stash[_CLUSTER]


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs: on the PATH, or where Debian keeps them, newest first."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    folders = [Path(found).resolve().parent, *debian] if found else debian
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)
