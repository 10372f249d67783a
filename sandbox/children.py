"""Starts programs, watches them, and ends every one of them: no orphans."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TAIL_LINES = 20
GRACE_SECONDS = 10


class Died(Exception):
    """A program that should run does not, or one that should succeed failed. The message is for the person watching."""


@dataclass(slots=True)
class Child:
    """A running program, in its own process group so that all it starts ends with it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Children:
    """The programs of one demo. Their output goes to files in `folder`."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder = folder
        self._env = env
        self.running: list[Child] = []

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Start a program that shall run until the end."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.running.append(child)
        return child

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a program to its end. Raises Died if it fails."""
        child = self.start(name, command)
        code = child.process.wait()
        self.running.remove(child)
        if code:
            raise Died(_story(child, code))

    def check(self) -> None:
        """Raises Died if one of the running programs has ended."""
        for child in self.running:
            code = child.process.poll()
            if code is not None:
                raise Died(_story(child, code))

    def stop(self) -> None:
        """End them all, the last one first: asked kindly, then not."""
        for child in reversed(self.running):
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in reversed(self.running):
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            # The leader may be gone and its workers not: the group is what must end.
            _signal(child, signal.SIGKILL)
            child.process.wait()
        self.running.clear()


def _signal(child: Child, number: signal.Signals) -> None:
    try:
        os.killpg(child.process.pid, number)
    except (ProcessLookupError, PermissionError):
        # Nobody is left in the group (macOS says EPERM when only zombies are).
        return


def _story(child: Child, code: int) -> str:
    ended = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    tail = child.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join([f"{child.name} {ended}. The last lines of its log:", *(f"  {line}" for line in tail)])
