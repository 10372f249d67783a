"""Settings: what the environment says, read once, checked, and complained about in one clear line.

Every name may also be given as `NAME_FILE`, the path of a file that holds the value (a mounted secret).
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

NAMES = (
    "PUBLIC_BASE_URL",
    "REDIS_URL",
    "DATABASE_URL",
    "SECRET_KEYS",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_BASE",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "SESSION_TTL_SECONDS",
    "UTILITIES",
    "SMTP_URL",
    "METRICS_TOKEN",
    "PORT",
)


class BadSetting(Exception):
    """A setting that is missing or malformed. The message names it and says what it must be, never its value."""


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """The environment, parsed. Lists are in the order given; the first secret key is the current one."""

    public_base_url: str
    redis_url: str
    database_url: str
    secret_keys: tuple[bytes, ...]
    twilio_account_sid: str
    twilio_auth_tokens: tuple[str, ...]
    twilio_api_base: str | None
    stripe_api_key: str
    stripe_webhook_secrets: tuple[str, ...]
    stripe_api_base: str | None
    session_ttl_seconds: int
    utilities: Path
    smtp_url: str | None
    metrics_token: str | None
    port: int


def read(environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises BadSetting for the first that is missing or malformed."""
    get = _Reader(environ)
    return Settings(
        public_base_url=get.url("PUBLIC_BASE_URL", "http", "https").rstrip("/"),
        redis_url=get.url("REDIS_URL", "redis", "rediss", "unix"),
        database_url=get.database("DATABASE_URL"),
        secret_keys=get.keys("SECRET_KEYS"),
        twilio_account_sid=get.account("TWILIO_ACCOUNT_SID"),
        twilio_auth_tokens=get.many("TWILIO_AUTH_TOKEN"),
        twilio_api_base=get.base("TWILIO_API_BASE"),
        stripe_api_key=get.needed("STRIPE_API_KEY", "a secret or restricted key of Stripe"),
        stripe_webhook_secrets=get.many("STRIPE_WEBHOOK_SECRET"),
        stripe_api_base=get.base("STRIPE_API_BASE"),
        session_ttl_seconds=get.whole("SESSION_TTL_SECONDS", 900, 1, 86_400),
        utilities=get.folder("UTILITIES", Path(__file__).parent / "utilities"),
        smtp_url=get.url("SMTP_URL", "smtp", "smtps") if get.text("SMTP_URL") else None,
        metrics_token=get.text("METRICS_TOKEN") or None,
        port=get.whole("PORT", 8000, 1, 65_535),
    )


class _Reader:
    """Reads one setting after the other, each with its own complaint."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str:
        """The value, or the empty text where nothing is set."""
        path = self._environ.get(f"{name}_FILE")
        if not path:
            return self._environ.get(name, "").strip()
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise BadSetting(f"{name}_FILE must be the path of a text file that can be read") from error

    def needed(self, name: str, what: str) -> str:
        """A value that must be there."""
        value = self.text(name)
        if not value:
            raise BadSetting(f"{name} is not set: it must be {what}")
        return value

    def account(self, name: str) -> str:
        """An account SID of Twilio: every request of theirs is compared with it."""
        what = "the account SID, which begins with AC"
        value = self.needed(name, what)
        if not re.fullmatch("AC[0-9A-Za-z]{1,40}", value):
            raise BadSetting(f"{name} must be {what}")
        return value

    def many(self, name: str) -> tuple[str, ...]:
        """One value or more, with commas between."""
        what = "one secret, or several with commas between"
        values = tuple(value.strip() for value in self.needed(name, what).split(",") if value.strip())
        if not values:
            raise BadSetting(f"{name} must be {what}")
        return values

    def url(self, name: str, *schemes: str) -> str:
        """A URL of one of these schemes."""
        what = f"a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
        value = self.needed(name, what)
        try:
            parts = urlsplit(value)
            good = parts.scheme in schemes and bool(parts.path if parts.scheme == "unix" else parts.hostname)
            good = good and (parts.port or 0) >= 0
        except ValueError:  # a port that is no number, half an IPv6 address
            good = False
        if not good:
            raise BadSetting(f"{name} must be {what}")
        return value

    def base(self, name: str) -> str | None:
        """Another address of an API, for tests and proxies; none is the usual case."""
        return self.url(name, "http", "https").rstrip("/") if self.text(name) else None

    def database(self, name: str) -> str:
        """The address of a PostgreSQL or SQLite database, as SQLAlchemy writes it."""
        what = "an SQLAlchemy URL such as postgresql+psycopg://user@host/guestpay or sqlite:////path/guestpay.db"
        value = self.needed(name, what)
        try:
            known = make_url(value).get_driver_name() in ("psycopg", "pysqlite")
        except ArgumentError:
            known = False
        if not known:
            raise BadSetting(f"{name} must be {what}")
        return value

    def keys(self, name: str) -> tuple[bytes, ...]:
        """Secret keys: 32 bytes each, in base64."""
        what = "keys of 32 bytes in base64, with commas between (make one: openssl rand -base64 32)"
        try:
            keys = tuple(base64.b64decode(key.strip(), validate=True) for key in self.needed(name, what).split(","))
        except binascii.Error as error:
            raise BadSetting(f"{name} must be {what}") from error
        if any(len(key) != 32 for key in keys):
            raise BadSetting(f"{name} must be {what}")
        return keys

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number within bounds."""
        value = self.text(name) or str(default)
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise BadSetting(f"{name} must be a whole number from {low} to {high}")
        return int(value)

    def folder(self, name: str, default: Path) -> Path:
        """A folder that exists."""
        folder = Path(self.text(name) or default)
        if not folder.is_dir():
            raise BadSetting(f"{name} must be a folder with the utilities' profiles")
        return folder
