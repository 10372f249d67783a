"""`config/gunicorn.py`, served for real: figures counted together, logs that tell no token, headers, limits."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.config.test_settings import GOOD

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    process: "subprocess.Popen[str]"
    port: int
    temporary: Path

    def ask(self, method: str, path: str, **how: Any) -> tuple[int, dict[str, str], str]:
        """One request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, **how)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def stop(self) -> list[dict[str, Any]]:
        """End it as an operator would; give back all it logged."""
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=60)
        return [json.loads(line) for line in (out + err).splitlines()]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    port = free_port()
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "tests.console.served:app()"],
        cwd=ROOT,
        env={**known, **GOOD, "PORT": str(port), "WEB_CONCURRENCY": "2", "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    assert any("Listening" in line for line in iter(process.stderr.readline, ""))
    yield Server(process, port, tmp_path)
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_both_processes_count_together(server: Server) -> None:
    for _ in range(40):
        server.ask("GET", "/p/abc")
    _, _, figures = server.ask("GET", "/metrics")
    assert re.search(r'^guestpay_turns_total\{flow="pay_bill",outcome="amount"\} 40\.0$', figures, re.MULTILINE)


def test_every_log_line_is_json_and_tells_no_token_no_query_and_no_health(server: Server) -> None:
    server.ask("GET", "/p/Tok3nOfSomebody?phone=2175550123", headers={"User-Agent": "2175550123"})
    server.ask("GET", "/nowhere/Tok3nOfSomebody")
    server.ask("GET", "/health")
    lines = server.stop()
    requests = [(line["path"], line["status"]) for line in lines if line["event"] == "request"]
    assert set(requests) == {("/p/[hidden]", 200), ("/nowhere/[hidden]", 404)}  # two processes write them
    assert "Tok3n" not in str(lines)
    assert "2175550123" not in str(lines)


def test_the_folder_of_figures_is_gone_afterwards(server: Server) -> None:
    server.ask("GET", "/p/abc")
    assert [path.name[:17] for path in server.temporary.iterdir() if path.is_dir()] == ["guestpay-metrics-"]
    server.stop()
    assert [path for path in server.temporary.iterdir() if path.is_dir()] == []


def test_the_banner_tells_no_version(server: Server) -> None:
    _, headers, _ = server.ask("GET", "/health")
    assert headers["server"] == "gunicorn"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("size", "status"), [(16_384, 200), (16_385, 413)])
def test_a_chunked_body_is_held_to_its_limit(size: int, status: int, server: Server) -> None:
    chunks = [b"x" * 1024] * 15 + [b"x" * (size - 15 * 1024)]
    how = {"body": iter(chunks), "encode_chunked": True, "headers": {"Transfer-Encoding": "chunked"}}
    assert server.ask("POST", "/p/abc", **how)[0] == status
