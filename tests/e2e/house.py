"""The whole program as it runs in life: web processes, worker, Valkey, SQL. Stripe, Twilio and mail are the sandbox."""

import base64
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import requests
from sqlalchemy import select, text, update
from sqlalchemy.engine import RowMapping

from handlers.ledger.database import connect, reading
from handlers.ledger.tables import outbox
from handlers.sessions import redis_client
from sandbox import seed
from sandbox.demo_commands import preparations, servers
from sandbox.server import Sandbox
from tests.e2e import people
from tests.e2e.people import Person
from tests.e2e.program import Guard, Program
from tests.e2e.waiting import until
from tests.valkey import free_port, started

SID, TOKEN, STRIPE_KEY, WEBHOOK_SECRET = "AC" + "e" * 32, "e2e-token", "sk_test_e2e", "whsec_e2e"
BROWSER = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", "Accept": "text/html"}


class House:
    """Started in `folder`, with the database at `database_url`. `environ` is all that the programs are told."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.sandbox = Sandbox(self.url, SID, TOKEN, STRIPE_KEY, WEBHOOK_SECRET, retry_delays=(0.3,)).start()
        self.valkey = started()
        self.engine = connect(database_url)
        self.environ = self._environment(database_url, self.valkey.connection_url)
        self.guard = Guard()
        self._newcomers = iter(range(people.COUNT))
        self._lock = Lock()
        self.web, self.worker = (self.program(name, command) for name, command in servers(folder))
        try:
            self._move_in()
        except BaseException:
            self.stop()
            raise

    def _environment(self, database_url: str, redis_url: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "PORT": self.url.rsplit(":", 1)[1],
            "PUBLIC_BASE_URL": self.url,
            "REDIS_URL": redis_url,
            "DATABASE_URL": database_url,
            "SECRET_KEYS": base64.b64encode(os.urandom(32)).decode(),
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE": self.sandbox.url,
            "STRIPE_API_KEY": STRIPE_KEY,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "STRIPE_API_BASE": self.sandbox.url,
            "SMTP_URL": self.sandbox.smtp_url,
        }

    def program(self, name: str, command: list[str]) -> Program:
        return Program(name, command, self.environ, self.folder, self.guard)

    def _move_in(self) -> None:
        """Migrate; then the servers start while the people are brought in."""
        today = seed.today()
        accounts, bills = seed.write(self.folder, today)
        people.join_in(accounts, bills, today)
        for name, command in preparations(accounts, bills):
            program = self.program(name, command)
            program.start()
            assert program.finished() == 0, program.log.read_text()
            if name == "migrate":
                self.web.start()
                self.worker.start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until("/ready answers", self.ready, 60)

    def ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/ready", timeout=10).status_code == 200
        except requests.ConnectionError:
            return False

    def stop(self) -> None:
        """End everything."""
        for program in (self.web, self.worker):
            if program.process:
                program.kill()
        self.guard.dismiss()
        self.engine.dispose()
        self.valkey.terminate()
        self.sandbox.stop()

    # What people do.

    def newcomer(self) -> Person:
        """Somebody whom no other test knows."""
        with self._lock:
            return people.person(next(self._newcomers))

    def text(self, phone: str, words: str, **more: str) -> str:
        """Text the program; what it answers at once."""
        return "\n".join(self.sandbox.text(phone, words, **more))

    def reads(self, phone: str, words: str, seconds: float = 30.0) -> str:
        """Wait for a text with these words in it."""
        here = lambda: next((text for text in self.sandbox.received(phone) if words in text), "")  # noqa: E731
        return until(f"a text that says {words!r}", here, seconds)

    def link(self, who: Person) -> str:
        """From PAY to the link, on the phone that is on file."""
        for words in ("PAY", "1", "1"):
            self.text(who.phone, words)
        return link_in(self.text(who.phone, "1"))

    def tap(self, link: str) -> str:
        """Follow the short link in a browser; the address of the checkout page."""
        page = requests.get(link, headers=BROWSER, timeout=20)
        assert "/checkout/" in page.url, page.text
        return page.url

    def pay(self, link: str, way: str = "card") -> dict[str, Any]:
        """Tap the link and pay; the checkout session at Stripe."""
        return self.pay_at(self.tap(link), way)

    def pay_at(self, checkout: str, way: str = "card") -> dict[str, Any]:
        """Press Pay on a checkout page."""
        assert requests.post(checkout, data={"way": way}, timeout=20).ok
        session: dict[str, Any] = self.sandbox.till.store.get("checkout.session", checkout.rsplit("/", 1)[1])
        assert session["status"] == "complete"
        return session

    def page(self, address: str) -> str:
        return requests.get(address, headers=BROWSER, timeout=20).text

    def morning_comes(self) -> None:
        """Texts that wait for the day, because nobody asked for them (RULES W9), go out now."""
        with self.engine.begin() as connection:
            now = datetime.now(UTC)
            late = (outbox.c.kind == "text", outbox.c.done_at.is_(None), outbox.c.due_at > now)
            connection.execute(update(outbox).where(*late).values(due_at=now))

    # What the operator sees.

    def rows(self, query: str, **values: object) -> list[RowMapping]:
        with reading(self.engine) as connection:
            return list(connection.execute(text(query), values).mappings())

    def owed(self, who: Person) -> int:
        """What is owed, in cents."""
        query = (
            "select coalesce(sum(minor), 0) as owed from entry join account on account.id = entry.account_id "
            "where book = 'receivable' and number = :number"
        )
        return int(self.rows(query, number=who.account)[0]["owed"])

    def payments(self, payer: str) -> list[RowMapping]:
        """The payments that this phone asked for, oldest first."""
        return self.rows("select * from payment where payer = :payer order by requested_at", payer=f"sms:{payer}")

    def waiting_texts(self) -> list[RowMapping]:
        """Texts of the outbox whose time has come, and that have not gone out."""
        late = select(outbox).where(
            outbox.c.kind == "text", outbox.c.done_at.is_(None), outbox.c.due_at <= datetime.now(UTC)
        )
        with reading(self.engine) as connection:
            return list(connection.execute(late).mappings())

    def logs(self) -> str:
        """Everything that our programs ever wrote."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def redis_at_rest(self) -> bytes:
        """Every key and value that Redis holds now."""
        with redis_client.connect(self.environ["REDIS_URL"]) as client:
            return b"\n".join(key + b" " + _value(client, key) for key in client.scan_iter())


def _value(client: Any, key: bytes) -> bytes:
    kind = client.type(key)
    if kind == b"list":
        return b" ".join(client.lrange(key, 0, -1))
    if kind == b"hash":
        return b" ".join(part for pair in client.hgetall(key).items() for part in pair)
    if kind == b"zset":
        return b" ".join(client.zrange(key, 0, -1))
    if kind == b"set":
        return b" ".join(client.smembers(key))
    return client.get(key) or b""


def link_in(words: str) -> str:
    """The short link in a text."""
    return next(word for word in words.split() if "/p/" in word)


def key_in(words: str) -> str:
    """The key in a text."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", words)
    assert found, words
    return found[0]
