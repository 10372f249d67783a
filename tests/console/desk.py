"""A person at the utility: types commands, and reads what they say."""

import json
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from bot.money import Money
from bot.speech import Speech
from handlers.console.commands import commands
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import entry, outbox
from handlers.ledger.tickets import Kind, Ticket, open_ticket
from handlers.payments import charges
from handlers.payments.charges import Charge
from handlers.payments.unapplied import Unapplied
from handlers.payments.wording import Texts, Wording
from handlers.sealing import Sealer
from tests.cast import ANA, PRAIRIE
from tests.remittance.ledger import Ledger

COPY = Path(__file__).parents[2] / "flows" / "copy"


class Desk:
    """Commands over a ledger, and what happened at Stripe that a person has to look at."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.engine, self.clock = ledger, ledger.engine, ledger.clock
        self.sealer = Sealer([b"k" * 32])
        utilities = {"prairie": PRAIRIE}
        texts = Texts(Wording(Speech.load(COPY), utilities), self.sealer)
        self.unapplied = Unapplied(self.engine, self.clock, texts, self.sealer)
        self._app = Flask("guestpay")
        for command in commands(self.engine, utilities, self.clock, self.unapplied):
            self._app.cli.add_command(command)

    def types(self, *words: str) -> Result:
        """`flask --app wsgi …`."""
        return self._app.test_cli_runner().invoke(args=words)

    def reads(self, *words: str) -> list[str]:
        """The lines of a command that went well."""
        done = self.types(*words)
        assert done.exit_code == 0, done.output
        return done.output.splitlines()

    def is_refused(self, *words: str) -> str:
        """What a command says that did nothing."""
        done = self.types(*words)
        assert done.exit_code == 1, done.output
        return done.output

    def ticket(self, kind: Kind, cause: str = "", money: Money | None = None, charge: Charge | None = None) -> None:
        """Something happened that waits for a person."""
        about = (charge.payment_id, charge.account_id, charge.id) if charge else (None, None, None)
        wanted = Ticket(kind, cause or f"{kind}:{charge and charge.id}", cause or "ch_1", money, *about)
        with self.engine.begin() as connection:
            open_ticket(connection, wanted, self.clock.now())

    def differs(self, minor: int = 9000) -> Charge:
        """Stripe took another sum than the one that Ana was asked for: ticket 1."""
        asked, now = self.ledger.ask(), self.clock.now()
        account_id = self.ledger.account_id(ANA)
        total = Money(minor)
        taken = Charge(f"ch_{minor}", None, None, asked, account_id, total, "differs", now)
        with self.engine.begin() as connection:
            charges.keep(connection, taken)
            lines = [Line("stripe", total, account_id, asked), Line("unapplied", -total, account_id, asked)]
            post(connection, f"paid:{taken.id}", lines, now, now.date(), taken.id)
        self.ticket("sum_differs", money=total, charge=taken)
        return taken

    def stranger(self, minor: int = 5000) -> Charge:
        """Money came in of which nobody knows whose it is: ticket 1."""
        taken = self.ledger.stranger(minor)
        self.ticket("unknown_payment", money=taken.total, charge=taken)
        return taken

    def book(self, name: str) -> int:
        """What stands in a book, in minor units."""
        total = select(func.coalesce(func.sum(entry.c.minor), 0)).where(entry.c.book == name)
        with self.engine.begin() as connection:
            return int(connection.execute(total).scalar_one())

    def parcels(self, kind: str) -> list[dict[str, Any]]:
        """What the outbox holds of a kind."""
        rows = select(outbox.c.body, outbox.c.cause).where(outbox.c.kind == kind).order_by(outbox.c.id)
        with self.engine.begin() as connection:
            return [json.loads(self.sealer.open(body, f"outbox:{cause}")) for body, cause in connection.execute(rows)]
