"""The sandbox's command line: what it is for, and what it takes from the environment of the program."""

import argparse
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ABOUT = """\
The world in miniature: a Stripe, a Twilio and a mail server on this machine, and pages to play payers and banks on.
No money moves and nothing leaves this machine. It knows one utility with one number; by default the demo's.
"""
HOW = """\
to try your own utility (docs/rehearsing.md has it step by step):
  1. Set UTILITIES to the folder with your profile, and for both sides the same
     TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, STRIPE_API_KEY (sk_test_...), STRIPE_WEBHOOK_SECRET (whsec_...).
  2. Set PUBLIC_BASE_URL to where your program listens, such as http://127.0.0.1:8000.
  3. Start this, and point your program at it, before `make serve` and `make work`:
       STRIPE_API_BASE=http://127.0.0.1:8001
       TWILIO_API_BASE=http://127.0.0.1:8001
       SMTP_URL=smtp://127.0.0.1:2525          (with --smtp-port 2525 here)
  4. Open http://127.0.0.1:8001: phones to text from, /stripe for what banks do, /mail for what went out by mail.
"""


def options(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> argparse.Namespace:
    """The command line; each option's default comes from the environment variable that the program itself reads."""
    profile = _profile(environ.get("UTILITIES", ""))
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m sandbox.server", description=ABOUT, epilog=HOW, formatter_class=raw)

    def option(name: str, default: Any, words: str, kind: type = str) -> None:
        parser.add_argument(name, type=kind, default=default, help=words)

    option("--port", int(environ.get("SANDBOX_PORT", "8001")), "where to listen (SANDBOX_PORT, else 8001)", int)
    option("--smtp-port", int(environ.get("SANDBOX_SMTP_PORT", "0")), "for mail (SANDBOX_SMTP_PORT, else any)", int)
    option("--app-url", _first(environ, "PUBLIC_BASE_URL", "http://127.0.0.1:8000"), "your program (PUBLIC_BASE_URL)")
    option("--twilio-sid", _first(environ, "TWILIO_ACCOUNT_SID", "AC" + "0" * 32), "the account (TWILIO_ACCOUNT_SID)")
    option("--twilio-token", _first(environ, "TWILIO_AUTH_TOKEN", "sandbox-token"), "its secret (TWILIO_AUTH_TOKEN)")
    option("--twilio-number", profile.get("numbers", ["+12175550100"])[0], "what people text (the profile's first)")
    option("--merchant", profile.get("brand", "Prairie Light & Gas"), "who is paid (the profile's brand)")
    option("--stripe-key", _first(environ, "STRIPE_API_KEY", "sk_test_sandbox"), "the key (STRIPE_API_KEY)")
    option(
        "--webhook-secret", _first(environ, "STRIPE_WEBHOOK_SECRET", "whsec_sandbox"), "signs (STRIPE_WEBHOOK_SECRET)"
    )
    option("--bank-settles-after", None, "seconds until a bank pays; else the buttons on /stripe decide", float)
    return parser.parse_args(arguments)


def _first(environ: Mapping[str, str], name: str, otherwise: str) -> str:
    return environ.get(name, otherwise).split(",")[0]


def _profile(folder: str) -> dict[str, Any]:
    """The first utility's profile in this folder; nothing if there is none."""
    for path in sorted(Path(folder).glob("*.toml")) if folder else ():
        return tomllib.loads(path.read_text(encoding="utf-8"))
    return {}
