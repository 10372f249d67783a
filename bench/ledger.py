"""How much money the ledger takes in a second on PostgreSQL, beside a bare transaction that inserts two rows.

`python -m bench.ledger`; part of `make bench`. All is in one process, with eight threads and a connection for each.
Stripe is canned: what is measured is ours and the database's. The sides take turns in one run.
"""

import base64
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, func, insert, select

from bench import canned_stripe
from bench.postgres import postgres, programs
from bench.seed import own_account, seed
from bench.texts import PUBLIC_BASE_URL, phone
from bot.money import Money
from bot.names import AccountNumber, Address
from bot.ports import LinkReady, PaymentOrder
from config import settings
from config.wiring import Guestpay
from handlers.billing.imports import import_accounts, import_bills
from handlers.ledger.journal import Line, post
from handlers.ledger.migrate import migrate
from handlers.ledger.tables import account, entry
from handlers.payments.event import Event
from handlers.sessions.memory import MemorySessions
from handlers.world import SystemClock

CLERKS, LAPS, LAP = 8, 5, 400
Job = Callable[[], object]

_bare = Table(
    "bare", MetaData(), Column("id", Integer, primary_key=True), Column("what", String(40)), Column("minor", BigInteger)
)


class Bench:
    """A migrated database full of people who each owe $84.20, and the program on it."""

    def __init__(self, url: str, folder: Path, people: int) -> None:
        environ = {
            "PUBLIC_BASE_URL": PUBLIC_BASE_URL,
            "REDIS_URL": "redis://127.0.0.1:9/0",
            "DATABASE_URL": url,
            "SECRET_KEYS": base64.b64encode(os.urandom(32)).decode(),
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "token",
            "STRIPE_API_KEY": "sk_test_bench",
            "STRIPE_WEBHOOK_SECRET": "whsec_bench",
        }
        sessions = MemorySessions(SystemClock(), 900)
        self.program = Guestpay(settings.read(environ), sessions=sessions, network=canned_stripe.network())
        self.engine: Engine = self.program.engine
        migrate(self.engine)
        _bare.create(self.engine)
        files, utility = seed(folder, people), self.program.utilities["prairie"]
        for what, bring in (("accounts", import_accounts), ("bills", import_bills)):
            with files[what].open() as lines:
                bring(self.engine, utility, lines, self.program.clock)
        with self.engine.connect() as connection:
            found = connection.execute(select(account.c.number, account.c.id))
            self._ids: dict[str, int] = {number: account_id for number, account_id in found}
        self._numbers = count(1)

    def account(self, number: int) -> int:
        """Our id of the nth person's account."""
        return self._ids[AccountNumber(own_account(number)).reveal()]

    def order(self, account_id: int, who: int) -> str:
        """A payment of the whole bill with its link, as if the nth phone had confirmed it; its reference."""
        amount, fee = Money(canned_stripe.AMOUNT), Money(canned_stripe.FEE)
        message = f"SM{next(self._numbers):032x}"
        order = PaymentOrder(
            "prairie", account_id, Address("sms", phone(who)), "en", amount, fee, "card", amount, "bench", message
        )
        made = self.program.services.payments.request(order)
        assert isinstance(made, LinkReady)
        return made.payment.reveal()

    def paid(self, payment: str, session: int = 1) -> Job:
        """Stripe tells that this payment was paid, in an event of its own."""
        event_id, session_id = f"evt_{next(self._numbers)}", f"cs_{payment}_{session}"
        event = Event(event_id, "checkout.session.completed", session_id, datetime.now(UTC), live=False)
        return lambda: self.program.events.take(event)

    def bare(self) -> Job:
        """The floor: one transaction, two rows."""
        rows = [{"what": f"debit {next(self._numbers)}", "minor": 8595}, {"what": "credit", "minor": -8595}]

        def run() -> None:
            with self.engine.begin() as connection:
                connection.execute(insert(_bare), rows)

        return run

    def posting(self, account_id: int) -> Job:
        """The journal alone: one payment's posting in a transaction of its own."""
        cause, now = f"bench:{next(self._numbers)}", datetime.now(UTC)
        lines = [
            Line("stripe", Money(8595), account_id),
            Line("unapplied", Money(-8420), account_id),
            Line("fees", Money(-175), account_id),
        ]

        def run() -> None:
            with self.engine.begin() as connection:
                post(connection, cause, lines, now, now.date())

        return run

    def owed(self, account_id: int) -> int:
        """What the account owes, in minor units."""
        with self.engine.connect() as connection:
            total = select(func.sum(entry.c.minor)).where(
                entry.c.account_id == account_id, entry.c.book == "receivable"
            )
            return int(connection.scalar(total) or 0)


def seconds(jobs: Sequence[Job]) -> float:
    """How long eight clerks take for them."""
    with ThreadPoolExecutor(CLERKS) as clerks:
        began = time.perf_counter()
        for done in [clerks.submit(job) for job in jobs]:
            done.result()
        return time.perf_counter() - began


def measure(url: str, folder: Path) -> Iterator[str]:
    """Rows of the table: what, how many a second, and beside the floor."""
    bench, people = Bench(url, folder, LAPS * LAP + 2), count()
    laps: dict[str, list[float]] = {"floor": [], "posting": [], "webhook": [], "same payment": [], "same account": []}
    for _ in range(LAPS):
        crowd = [next(people) for _ in range(LAP)]
        payments = [bench.order(bench.account(one), one) for one in crowd]
        laps["floor"].append(seconds([bench.bare() for _ in crowd]))
        laps["posting"].append(seconds([bench.posting(bench.account(one)) for one in crowd]))
        laps["webhook"].append(seconds([bench.paid(payment) for payment in payments]))
        laps["same payment"].append(seconds([bench.paid(payments[0]) for _ in crowd]))
    one = bench.account(next(people))
    for _ in range(LAPS):
        payment = bench.order(one, 9_000)
        laps["same account"].append(seconds([bench.paid(payment, session) for session in range(1, LAP + 1)]))
    if bench.owed(bench.account(0)) != 0 or bench.owed(one) != canned_stripe.AMOUNT - _all_paid():
        sys.exit("the ledger is wrong")
    floor = LAP / min(laps["floor"])
    for what, said in NAMES.items():
        rate = LAP / min(laps[what])
        yield f"| {said} | {rate:.0f}/s | {rate / floor:.2f} |"
    bench.engine.dispose()


def _all_paid() -> int:
    """One account, paid over and over: the bill first, and then all that comes is credit."""
    total = canned_stripe.AMOUNT + canned_stripe.FEE
    return LAPS * LAP * total - canned_stripe.FEE


NAMES = {
    "floor": "the floor: a transaction that inserts two rows",
    "posting": "a posting: journal and three entries",
    "webhook": "a webhook: Stripe's event taken, the payment settled, receipt in the outbox",
    "same payment": "webhooks of one payment, all at once (settled once, the others find it settled)",
    "same account": "payments of one account, all at once (each settled)",
}


def report() -> str:
    """The figures in Markdown."""
    found = programs()
    if found is None:
        return "## The ledger, PostgreSQL\n\nPostgreSQL is not installed here."
    with tempfile.TemporaryDirectory(prefix="guestpay-bench-") as folder, postgres(found) as url:
        rows = "\n".join(measure(url, Path(folder)))
    note = f"Best of {LAPS} laps of {LAP}, {CLERKS} threads with a connection each; every commit reaches the disk."
    return f"## The ledger, PostgreSQL\n\n{note}\n\n| what | rate | to the floor |\n|---|---|---|\n{rows}"


if __name__ == "__main__":
    print(report())
