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
    return connect(f"sqlite:///{path}", lasting=False)


@cache
def _migrated_sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.db")
        engine = connect(f"sqlite:///{path}", lasting=False)
        migrate(engine)
        engine.dispose()
        return path.read_bytes()


# Whatever ends the test process closes the pipe that `read` waits on, so no server is ever left behind.
_GUARD = """
"$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1 &&
"$1/pg_ctl" -D "$2/data" start -w -s -l "$2/log" -o "$3" && echo ready || { cat "$2/log" >&2; echo failed; }
read -r _
"$1/pg_ctl" -D "$2/data" stop -m immediate -s
rm -rf "$2"
"""


class Cluster:
    """A throw-away PostgreSQL server in a folder of its own, reached by its unix socket alone."""

    def __init__(self, programs: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="guestpay-pg-"))
        self._names = (f"test_{number}" for number in count(1))
        user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        if user:
            shutil.chown(self._folder, user)
        self._programs, self._user = programs, user
        self._settings = settings = f"-c listen_addresses='' -k {self._folder} -c fsync=off -c synchronous_commit=off"
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", str(programs), str(self._folder), settings],
            user=user,
            extra_groups=[] if user else None,
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the tests; the guard sees them end
        )
        assert self._guard.stdout is not None
        ready = self._guard.stdout.readline()
        self._admin = connect(self.url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        try:
            assert ready == b"ready\n", "PostgreSQL did not start"
            self._make_template()
        except BaseException:
            self.stop()
            raise

    def _make_template(self) -> None:
        self._command("create database template_of_tests")
        template = connect(self.url("template_of_tests"))
        try:
            migrate(template)
        finally:
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

    @contextmanager
    def away(self) -> Iterator[None]:
        """An outage: the server cuts everybody off and stops, and is there again in the end."""
        self._control("stop", "-m", "fast")
        try:
            yield
        finally:
            self._control("start", "-w", "-l", str(self._folder / "log"), "-o", self._settings)

    def _control(self, *words: str) -> None:
        command = [str(self._programs / "pg_ctl"), "-D", str(self._folder / "data"), "-s", *words]
        groups = [] if self._user else None
        subprocess.run(command, check=True, user=self._user, extra_groups=groups, cwd=self._folder, timeout=60)

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._admin.dispose()
        self._guard.communicate()

    def _command(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


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
