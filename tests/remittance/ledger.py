"""A ledger to remit from: payments, refunds and charge-backs are posted as Stripe's events would have them posted."""

import csv
import hashlib
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import count
from typing import Any

from sqlalchemy import Engine, func, insert, or_, select

from bot.money import Money
from bot.names import AccountNumber, PaymentId
from handlers.billing.imports import import_bills
from handlers.ledger.journal import Line, post
from handlers.ledger.periods import credit_lines
from handlers.ledger.tables import account, bill, entry, journal, payment
from handlers.payments import charges
from handlers.payments.charges import Charge
from handlers.remittance.remit import Made, make
from tests.cast import ANA, BILLS, PRAIRIE, cast
from tests.fakes import FakeClock

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Paid:
    """A payment of ours that was paid, and its charge."""

    id: PaymentId
    charge: Charge


class Ledger:
    """Posts what happened, now. Ids count up."""

    def __init__(self, engine: Engine, clock: FakeClock) -> None:
        self.engine, self.clock = engine, clock
        self._numbers = count(1)
        cast(engine, clock)

    def account_id(self, number: AccountNumber, utility: str = "prairie") -> int:
        one = select(account.c.id).where(account.c.number == number.reveal(), account.c.utility == utility)
        with self.engine.begin() as connection:
            return int(connection.execute(one).scalar_one())

    def ask(
        self, number: AccountNumber = ANA, amount: int = 8420, fee: int = 175, utility: str = "prairie"
    ) -> PaymentId:
        """Somebody confirms a payment; nothing is paid yet."""
        serial = next(self._numbers)
        payment_id = PaymentId(f"pay_{hashlib.md5(str(serial).encode()).hexdigest()}")
        now = self.clock.now()
        values: dict[str, Any] = {
            "id": payment_id.reveal(),
            "utility": utility,
            "account_id": self.account_id(number, utility),
            "payer": "sms:+12175550111",
            "language": "en",
            "amount": amount,
            "fee": fee,
            "balance": amount,
            "currency": "USD",
            "method": "card" if fee else "bank",
            "confirmed_by": f"SM{serial:032x}",
            "token": f"token{serial}",
            "receipt_token": f"receipt{serial}",
            "requested_at": now,
            "expires_at": now,
        }
        with self.engine.begin() as connection:
            connection.execute(insert(payment).values(values))
        return payment_id

    def pay(self, number: AccountNumber = ANA, amount: int = 8420, fee: int = 175, utility: str = "prairie") -> Paid:
        """Somebody pays by our link."""
        asked = self.ask(number, amount, fee, utility)
        now, account_id = self.clock.now(), self.account_id(number, utility)
        charge_id = f"ch_{next(self._numbers)}"
        total = Money(amount + fee)
        taken = Charge(charge_id, None, None, asked, account_id, total, "applied", now)
        with self.engine.begin() as connection:
            charges.keep(connection, taken)
            connection.execute(payment.update().where(payment.c.id == asked.reveal()).values(paid_at=now))
            lines = [
                Line("stripe", total, account_id, asked),
                *credit_lines(connection, account_id, Money(amount), asked),
                *([Line("fees", Money(-fee), account_id, asked)] if fee else []),
            ]
            post(connection, f"paid:{charge_id}", lines, now, now.date(), charge_id)
        return Paid(asked, taken)

    def take_back(self, paid: Paid, minor: int, kind: str = "refund") -> None:
        """So much of it goes back: "refund" or "charged_back"."""
        now = self.clock.now()
        with self.engine.begin() as connection:
            lines = charges.take_back_lines(connection, paid.charge, minor, "returning")
            if lines:
                post(connection, f"{kind}:re_{next(self._numbers)}", lines, now, now.date(), paid.charge.id)

    def stranger(self, minor: int = 5000) -> Charge:
        """Money comes in that is of no payment of ours."""
        now, charge_id = self.clock.now(), f"ch_{next(self._numbers)}"
        taken = Charge(charge_id, None, None, None, None, Money(minor), "stranger", now)
        with self.engine.begin() as connection:
            charges.keep(connection, taken)
            lines = [Line("stripe", Money(minor)), Line("unapplied", Money(-minor))]
            post(connection, f"paid:{charge_id}", lines, now, now.date(), charge_id)
        return taken

    def bill(self, number: AccountNumber, start: str, due: int, past: int = 0) -> None:
        """Billing's next bill, issued today: this is due in all, and so much of it was due before."""
        today = self.clock.now().date()
        row = f"{number.reveal()},{start},{today},{today},{today},USD,{Money(due).decimal()},{Money(past).decimal()},,"
        import_bills(self.engine, PRAIRIE, StringIO(f"{BILLS.splitlines()[0]}\n{row}\n"), self.clock)

    def remit(self) -> "Sheet":
        """A remittance, as billing reads it."""
        out = BytesIO()
        with self.engine.begin() as connection:
            made = make(connection, PRAIRIE, self.clock.now(), out)
        return Sheet(made, out.getvalue())

    def last_journal(self) -> int:
        """The number of the last journal."""
        with self.engine.begin() as connection:
            return connection.scalar(select(func.max(journal.c.id))) or 0

    def through_us(self, since: int) -> dict[Place, int]:
        """What payment journals after that one changed in `receivable`: amounts by cause, account and period."""
        ours = or_(entry.c.payment_id.is_not(None), journal.c.charge_id.is_not(None))
        sums = (
            select(journal.c.cause, account.c.number, bill.c.period_start, -func.sum(entry.c.minor))
            .join(entry, entry.c.journal_id == journal.c.id)
            .join(account, account.c.id == entry.c.account_id)
            .outerjoin(bill, bill.c.id == entry.c.bill_id)
            .where(entry.c.book == "receivable", ours, journal.c.id > since)
            .group_by(journal.c.cause, account.c.number, bill.c.period_start)
        )
        with self.engine.begin() as connection:
            found = connection.execute(sums).all()
        return {(cause, number, str(start or "")): int(minor) for cause, number, start, minor in found if minor}


class Sheet:
    """A remittance's file, read."""

    def __init__(self, made: Made, data: bytes) -> None:
        self.made, self.data = made, data
        header, *rows, self.trailer = csv.reader(data.decode().splitlines())
        self.rows = [dict(zip(header, row, strict=True)) for row in rows]

    def amounts(self) -> list[int]:
        """Each row's amount, in cents."""
        return [Money.parse(row["amount"]).minor for row in self.rows]

    def places(self) -> list[tuple[Place, int]]:
        """Each row's cause, account and period, with its amount."""
        places = [(row["cause"], row["account_number"], row["period_start"]) for row in self.rows]
        return list(zip(places, self.amounts(), strict=True))
