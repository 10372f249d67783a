"""`make demo`: everything on this laptop. Valkey, SQLite, the miniature world, the web server and the worker.

Settings that the environment already has (also as NAME_FILE) are kept; the rest is made up for this run. With
UTILITIES, ACCOUNTS and BILLS it plays your own utility, see docs/rehearsing.md.
"""

import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

from sandbox import seed
from sandbox.calling import call
from sandbox.children import Children, Died
from sandbox.demo_commands import environment, made_up, preparations, servers, valkey, world, write_settings

READY_SECONDS = 90
HINT = (
    "Text PAY as Ana, whose phone is on file, then 1, 1, 1. As somebody else: PAY, then account 0012345678, then\n"
    "1423 62701; the key is on Ana's phone. Under Till a bank pays or not, under Mail is what went out by email."
)


OWN_HINT = (
    'Under "Another number" you text as anybody. Under Till a bank pays or not, under Mail is what went by email.'
)


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or ended us in another way."""


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


def data(folder: Path, environ: Mapping[str, str]) -> tuple[Path, Path]:
    """The accounts and bills that the environment names, else the invented ones. Raises Died if one is missing."""
    named = [Path(environ[name]) for name in ("ACCOUNTS", "BILLS") if environ.get(name)]
    if not named:
        return seed.write(folder, seed.today())
    if len(named) == 1 or not all(path.is_file() for path in named):
        raise Died("ACCOUNTS and BILLS go together: give the paths of both files")
    return named[0], named[1]


def play(port: int, folder: Path) -> None:
    """Start everything, say so, and watch until somebody stops it. Raises Died or Stopped."""
    redis_port, smtp_port = free_port(), free_port()
    invented = made_up(port, redis_port, smtp_port, folder)
    env, kept = environment(os.environ, invented)
    settings = write_settings(folder, env, [*invented, "UTILITIES"])
    children = Children(folder, env)
    try:
        if kept:
            print(f"From your environment: {', '.join(kept)}", flush=True)
        if "REDIS_URL" not in kept:
            children.start("valkey", valkey(redis_port, folder))
            wait_for(children, "Valkey", lambda: _listens(redis_port))
        children.start("sandbox", world(port + 1, smtp_port))
        for name, command in preparations(*data(folder, os.environ)):
            children.run(name, command)
        for name, command in servers(folder):
            children.start(name, command)
        phone = f"http://127.0.0.1:{port + 1}/"
        wait_for(children, "The sandbox", lambda: _ready(phone))
        wait_for(children, "The web server", lambda: _ready(f"http://127.0.0.1:{port}/ready"))
        hint = OWN_HINT if os.environ.get("ACCOUNTS") else HINT
        print(f"Phone:  {phone}\n{hint}")
        print(f"Operator's commands, in a second terminal here: . {settings}; .venv/bin/flask --app wsgi --help")
        print(f"Ready: http://127.0.0.1:{port}", flush=True)
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
    try:
        port = int(os.environ.get("PORT") or "8000")
    except ValueError:
        port = 0
    if not 1 <= port < 65535:  # the sandbox takes the next one
        print("PORT must be a number from 1 to 65534, such as 8000", file=sys.stderr)
        return 1
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
