"""A program of ours as a process: started, ended kindly or not, and never left behind."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Whatever ends the test process closes the pipe that `read` waits on, so no program is ever left behind.
_GUARD = """
while read -r leader; do leaders="$leaders $leader"; done
for one in $leaders; do kill -TERM -- "-$one"; done; sleep 5
for one in $leaders; do kill -KILL -- "-$one"; done
"""


class Guard:
    """Ends process groups when the tests end without having done it, whatever it was that ended them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )

    def watch(self, leader: int) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{leader}\n".encode())
        self._process.stdin.flush()

    def dismiss(self) -> None:
        """Every group has ended."""
        self._process.kill()
        self._process.communicate()


class Program:
    """One of our programs, in a process group of its own; its output goes to one file over all its lives."""

    def __init__(self, name: str, command: list[str], environ: dict[str, str], folder: Path, guard: Guard) -> None:
        self._command, self._environ, self._guard = command, environ, guard
        self.name = name
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._guard.watch(self.process.pid)

    def finished(self) -> int:
        """Its exit code, once it has ended by itself."""
        assert self.process
        return self.process.wait(120)

    def kill(self) -> None:
        """Kill -9, it and all that it started."""
        assert self.process
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_leader(self) -> None:
        """Kill -9, it alone: as the system does that is out of memory."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def is_gone(self) -> bool:
        """Whether nothing that it started still runs."""
        assert self.process
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def tell_to_end(self) -> None:
        """As an operator does."""
        assert self.process
        self.process.terminate()
