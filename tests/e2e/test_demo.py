"""`make demo`: ready, answers, and gone without a trace at Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.e2e.program import ROOT, Guard
from tests.e2e.waiting import until

ANA = "+12175550111"


@dataclass
class Demo:
    process: "subprocess.Popen[str]"
    url: str
    phone: str
    mark: str

    def running(self) -> list[str]:
        """The command lines of all that the demo started and that still runs."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text().replace("\0", " "))
            except OSError:  # it has just ended, or is somebody else's
                continue
        return found


def two_free_ports() -> int:
    """The first of two ports, one after the other, that nobody listens on."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except (OSError, OverflowError):
                continue
            return port


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    port, mark = two_free_ports(), uuid.uuid4().hex
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PORT": str(port)}
    guard = Guard()
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.demo"],
        cwd=ROOT,
        env={**environ, "MARK_OF_THE_DEMO": mark},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    guard.watch(process.pid)
    assert process.stdout
    ready = next((line for line in process.stdout if line.startswith("Ready: ")), "")
    yield Demo(process, ready.removeprefix("Ready: ").strip(), f"http://127.0.0.1:{port + 1}", mark)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    guard.dismiss()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc on this machine to find processes in")
def test_the_demo_answers_a_text_and_leaves_nothing_behind_at_ctrl_c(demo: Demo, tmp_path: Path) -> None:
    assert requests.get(f"{demo.url}/ready", timeout=10).json()["status"] == "ok"
    typed = {"phone": ANA, "body": "BAL"}
    assert requests.post(f"{demo.phone}/phone/text", json=typed, timeout=20).status_code == 200

    def screen() -> str:
        return json.dumps(requests.get(f"{demo.phone}/phone/texts", params={"phone": ANA}, timeout=20).json())

    until("Ana reads her balance", lambda: "owes $84.20" in screen())
    assert len(demo.running()) >= 5
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(30) == 0
    assert demo.running() == []
    assert list(tmp_path.iterdir()) == []
