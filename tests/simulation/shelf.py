"""What a test process keeps from one history to the next: a database file, and engines that have compiled much already.

Every history begins with the same file: migrated, with the cast in it.
"""

import shutil
import sqlite3
import tempfile
from functools import cache
from pathlib import Path

from handlers.ledger.database import connect
from handlers.ledger.migrate import migrate
from tests import cast
from tests.fakes import FakeClock
from tests.simulation.sql_hooks import Hooked

POLICIES = ("credit", "refund")
DEEPEST = 2  # processes that wait at once while one more works
_PROFILE = Path(__file__).parents[2] / "config" / "utilities" / "prairie.toml"
_MEMORY = Path("/dev/shm")


class Shelf:
    """`engines` are for processes, by how many wait meanwhile; on `looking` no mishap strikes."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(
            prefix="guestpay-sim-", dir=_MEMORY if _MEMORY.is_dir() else None, ignore_cleanup_errors=True
        )
        self.folder = Path(self._temporary.name)
        self._file = self.folder / "guestpay.db"
        self.url = f"sqlite:///{self._file}"
        self.engines = [Hooked(self.url) for _ in range(DEEPEST + 1)]
        self.looking = connect(self.url)
        self._watching = sqlite3.connect(":memory:")
        self._template = _template(self.folder / "template.db")

    def clear(self) -> None:
        """The database as it is at the beginning."""
        for engine in (self.looking, *(hooked.engine for hooked in self.engines)):
            engine.dispose()
        for leftover in self.folder.glob("guestpay.db*"):
            leftover.unlink()
        shutil.copyfile(self._template, self._file)
        self._watching.close()
        self._watching = sqlite3.connect(self._file)

    def version(self) -> int:
        """A number that changes when anybody has written."""
        return int(self._watching.execute("pragma data_version").fetchone()[0])

    def utilities(self, policy: str) -> Path:
        """A folder of profiles in which the utility does this with what nobody owed."""
        folder = self.folder / policy
        folder.mkdir(exist_ok=True)
        words = _PROFILE.read_text("utf-8").replace('surplus = "credit"', f'surplus = "{policy}"')
        (folder / _PROFILE.name).write_text(words, "utf-8")
        return folder


@cache
def shelf() -> Shelf:
    """This test process's."""
    return Shelf()


def _template(path: Path) -> Path:
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    cast.cast(engine, FakeClock())
    with engine.connect() as connection:
        connection.exec_driver_sql("rollback")
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path
