"""The utility's billing system: a new bill now and then, and bills that were paid elsewhere."""

from datetime import timedelta
from io import StringIO

from sqlalchemy import select

from bot.errors import Unavailable
from handlers.billing.imports import import_bills
from handlers.ledger.reach import reachable
from handlers.ledger.tables import account, bill
from tests import cast
from tests.simulation.people import PEOPLE
from tests.simulation.process import Process
from tests.simulation.world import World

_HEADER = cast.BILLS.splitlines()[0]


class Billing:
    """Imports bills through the program."""

    def __init__(self, world: World) -> None:
        self._world = world

    def printed(self, number: str) -> str:
        """Amount and due date on the account's last bill, as somebody would type them."""
        row = self._latest(number)
        return f"{row.amount_due / 100:.2f} {row.due_on.month}/{row.due_on.day}"

    def import_bill(self) -> None:
        """A new bill for one of the accounts, or a correction of the last: less, more, or nothing."""
        dice = self._world.dice
        number = dice.choice(PEOPLE).number
        row = self._latest(number)
        amount = dice.choice((0, 0, row.amount_due // 2, row.amount_due + 1000, 2345))
        start, end, issued = row.period_start, row.period_end, row.issued_on
        today = self._world.clock.now().date()
        if dice.random() < 0.5 and today > issued:  # the next period
            start, end, issued = end + timedelta(days=1), today + timedelta(days=1), today
        due = issued + timedelta(days=21)
        line = f"{number},{start},{max(end, start)},{issued},{due},USD,{amount / 100:.2f},0.00,,"
        self._world.did("a bill is imported", f"...{number[-4:]} owes {amount}")
        before = self._world.interruptions
        done = self._world.at_work(lambda process: self._import(process, line))
        if not done or self._world.interruptions != before:
            return  # what was paid meanwhile may count for the days before the bill
        with self._world.law.look() as connection:
            self._world.law.books.check(connection)
            self._world.law.books.billed(connection, row.account_id)

    def _import(self, process: Process, line: str) -> bool:
        utility = process.program.utilities["prairie"]
        try:
            with reachable():
                import_bills(process.program.engine, utility, StringIO(f"{_HEADER}\n{line}\n"), self._world.clock)
        except Unavailable:
            self._world.log("billing: SQL is away")
            return False
        return True

    def _latest(self, number: str):  # type: ignore[no-untyped-def]
        with self._world.law.look() as connection:
            return connection.execute(
                select(bill)
                .join(account, account.c.id == bill.c.account_id)
                .where(account.c.number == number)
                .order_by(bill.c.issued_on.desc(), bill.c.period_start.desc())
                .limit(1)
            ).one()
