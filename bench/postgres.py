"""A throw-away PostgreSQL as it comes out of the box: every commit reaches the disk."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of PostgreSQL's programs: on the PATH, or the newest where Debian keeps them."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    return Path(found).resolve().parent if found else next(iter(folders), None)


@contextmanager
def postgres(folder_of_programs: Path) -> Iterator[str]:
    """A running server; yields the SQLAlchemy URL of an empty database."""
    home = Path(tempfile.mkdtemp(prefix="guestpay-bench-"))
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user:
        shutil.chown(home, user)

    def run(program: str, *words: str) -> None:
        command = [str(folder_of_programs / program), "-D", str(home / "data"), *words]
        subprocess.run(
            command, check=True, user=user, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60
        )

    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        run("pg_ctl", "start", "-w", "-s", "-l", str(home / "log"), "-o", f"-c listen_addresses='' -k {home}")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
        finally:
            run("pg_ctl", "stop", "-m", "fast", "-s")
    finally:
        shutil.rmtree(home)
