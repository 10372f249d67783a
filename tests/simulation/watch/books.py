"""The ledger, against what really happened at Stripe: every posting is looked at once, when it has come.

Beside it a model of every account's balance, kept from Stripe's own objects and from what was imported.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from handlers.ledger.tables import bill, entry, journal
from tests.simulation.watch.happened import Happened, Truth

if TYPE_CHECKING:
    from tests.simulation.law import Law
    from tests.simulation.world import World


@dataclass(frozen=True)
class Posted:
    """A journal with its lines."""

    cause: str
    effective_on: date
    lines: tuple[Any, ...]

    def sum(self, book: str) -> int:
        """What it puts into a book."""
        return sum(line.minor for line in self.lines if line.book == book)

    @property
    def accounts(self) -> set[int | None]:
        """Whom it is about."""
        return {line.account_id for line in self.lines}


class Books:
    """`posted` are the journals so far by cause, `balances` what each account owes by the model."""

    def __init__(self, world: "World", law: "Law") -> None:
        self._law = law
        self._happened = Happened(world, law)
        self.posted: dict[str, Posted] = {}
        self._last = 0
        self._balances: dict[int, int] = defaultdict(int)
        self._moves: dict[int, list[tuple[date, int]]] = defaultdict(list)
        self._paid: dict[str, str] = {}  # the first charge of each payment
        self._credit = world.policy == "credit"
        self._held: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def check(self, connection: Connection) -> None:
        """After every step."""
        new = self._new(connection)
        for posting in new:
            self._law.demand(posting.cause not in self.posted, "one journal for one cause", posting.cause)
            sums: dict[str, int] = defaultdict(int)
            for line in posting.lines:
                sums[line.currency] += line.minor
            self._law.demand(not any(sums.values()), "each journal balances", posting.cause)
            if posting.cause.startswith(("billed:", "elsewhere:")):
                self._bill(posting)
            elif posting.cause.startswith("credit:"):  # from one billing period to another of the same account
                stays = len(posting.accounts) == 1 and {line.book for line in posting.lines} == {"receivable"}
                self._law.demand(stays, "credit stays on its account", posting.cause)
            else:
                self._money(posting)
            self.posted[posting.cause] = posting
        if new:
            self._compare(connection)

    def _new(self, connection: Connection) -> list[Posted]:
        query = select(journal, entry.c.book, entry.c.account_id, entry.c.payment_id, entry.c.minor, entry.c.currency)
        rows = connection.execute(
            query.join(entry, entry.c.journal_id == journal.c.id, isouter=True)
            .where(journal.c.id > self._last)
            .order_by(journal.c.id, entry.c.id)
        ).all()
        grouped: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            grouped[row.id].append(row)
        self._last = max([self._last, *grouped])
        return [Posted(lines[0].cause, lines[0].effective_on, tuple(lines)) for lines in grouped.values()]

    def _money(self, posting: Posted) -> None:
        """A posting about Stripe: it says what happened there, on the payment's account alone."""
        truth = self._happened.behind(posting.cause)
        if truth is None:
            return
        demand = self._law.demand
        demand(posting.sum("stripe") == truth.moved, "the ledger says what Stripe did", posting.cause)
        account_id = truth.payment["account_id"] if truth.payment else None
        demand(posting.accounts == {account_id}, "money goes to the payment's own account", posting.cause)
        if truth.charge is None:
            return
        held = self._held[truth.charge["id"]]
        owed, fees = self._expected(truth, held)
        about = f"{posting.cause}: {posting.sum('receivable')} and {posting.sum('fees')}, not {owed} and {fees}"
        right = (posting.sum("receivable"), posting.sum("fees")) == (owed, fees)
        demand(right, "an account is credited what was paid for it", about)
        for line in posting.lines:
            held[line.book] += line.minor
        if truth.kind == "paid" and truth.payment:
            self._paid.setdefault(truth.payment["id"], truth.charge["id"])
        if account_id is not None:
            self._balances[account_id] += owed
            self._moves[account_id].append((posting.effective_on, owed))
        given = max(held["receivable"], held["fees"]) <= 0
        demand(given, "no more is taken back than a charge brought", f"{posting.cause} {dict(held)}")

    def _expected(self, truth: Truth, held: dict[str, int]) -> tuple[int, int]:
        """What the posting does to what the account owes and to the fees, by the rules of the field (RULES M2, M11)."""
        if truth.kind == "paid":
            return self._expected_of_payment(truth)
        if not truth.back:
            return 0, 0
        left = truth.back - min(truth.back, -min(held["unapplied"], 0))  # first what nobody owed
        bill = min(left, -held["receivable"])
        return bill, min(left - bill, -held["fees"])

    def _expected_of_payment(self, truth: Truth) -> tuple[int, int]:
        assert truth.charge
        total, row = truth.charge["amount"], truth.payment
        if row is None or total != row["amount"] + row["fee"]:
            return 0, 0
        owed = self._balances[row["account_id"]]
        first = self._held.get(self._paid.get(row["id"], ""))
        again = first is not None and first["receivable"] + first["unapplied"] < 0  # and did not go back whole
        if again or owed <= 0:
            return (-total if self._credit else 0), 0
        return (-row["amount"] if self._credit else -min(row["amount"], owed)), -row["fee"]

    def _bill(self, posting: Posted) -> None:
        """A bill came: what is owed is what it says, less what was paid through us since."""
        for line in posting.lines:
            if line.book == "receivable":
                self._balances[line.account_id] += line.minor

    def _compare(self, connection: Connection) -> None:
        sums = select(entry.c.account_id, func.sum(entry.c.minor)).where(entry.c.book == "receivable")
        for account_id, minor in connection.execute(sums.group_by(entry.c.account_id)):
            right = self._balances[account_id] == minor
            self._law.demand(right, "an account owes what the model says", f"{account_id}: {minor}")

    def billed(self, connection: Connection, account_id: int) -> None:
        """After an import: the account owes what its latest bill says, less what was paid since it was issued."""
        latest = connection.execute(
            select(bill.c.amount_due, bill.c.issued_on)
            .where(bill.c.account_id == account_id)
            .order_by(bill.c.issued_on.desc(), bill.c.period_start.desc())
            .limit(1)
        ).one()
        since = sum(minor for on, minor in self._moves[account_id] if on >= latest.issued_on)
        right = self._balances[account_id] == latest.amount_due + since
        about = f"{account_id}: {self._balances[account_id]}, not {latest.amount_due} and {since}"
        self._law.demand(right, "a new bill is what is owed, less what was paid since", about)
