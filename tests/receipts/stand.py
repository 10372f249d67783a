"""What becomes of a payment, as the books have it: posted as the ledger's rules say, so that receipts can read it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.money import Money
from handlers.ledger.journal import Book, Line, post
from handlers.ledger.tables import bill
from handlers.payments.charges import Charge, keep
from handlers.payments.records import Fact, Record, mark
from tests.payments.world import World

CHARGE = "ch_1"


class Stand:
    """Ana's payment of $84.20 and a fee of $1.75, by one charge, on her one bill."""

    def __init__(self, world: World, **order: Any) -> None:
        self.world = world
        self.record: Record = world.link(**order)
        record, now = self.record, world.clock.now()
        taken = Charge(CHARGE, None, "pi_1", record.id, record.account_id, record.total, "applied", now)
        with world.engine.begin() as connection:
            mark(connection, record.id, "paid_at", now)
            keep(connection, taken)
            period = connection.scalar(select(bill.c.id).where(bill.c.account_id == record.account_id))
            lines = self._lines({"stripe": record.total, "fees": -record.fee})
            on_bill = Line("receivable", -record.amount, record.account_id, record.id, period)
            self._post(connection, f"paid:{CHARGE}", [*lines, on_bill], now)

    def moved(self, cause: str, fact: Fact | None = None, **minor: int) -> None:
        """Post what moved between the books, in cents, and write a fact down."""
        now = self.world.clock.now()
        sides: dict[Any, Money] = {book: Money(each) for book, each in minor.items()}
        with self.world.engine.begin() as connection:
            self._post(connection, cause, self._lines(sides), now)
            if fact:
                mark(connection, self.record.id, fact, now)

    def fact(self, fact: Fact) -> None:
        """Write a fact down."""
        with self.world.engine.begin() as connection:
            mark(connection, self.record.id, fact, self.world.clock.now())

    def sent_back(self, number: int, minor: int, fact: Fact | None = None) -> None:
        """A refund that arrived, of at most the bill."""
        self.moved(f"refund_out:re_{number}", stripe=-minor, returning=minor)
        self.moved(f"refund:re_{number}", fact, returning=-minor, receivable=minor)

    def _lines(self, sides: dict[Book, Money]) -> list[Line]:
        whose = (self.record.account_id, self.record.id)
        return [Line(book, money, *whose) for book, money in sides.items() if money]

    def _post(self, connection: Connection, cause: str, lines: list[Line], now: datetime) -> None:
        assert post(connection, cause, lines, now, now.date(), CHARGE)
