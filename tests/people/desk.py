"""The front desk of the keys' tests: asks for keys, reads what went to the outbox, and tries them."""

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from bot.names import AccountNumber, Address, Phone
from bot.ports import Account, KeySent, Locked
from handlers.ledger import tables
from handlers.people.contacts import By
from handlers.people.keys import SqlKeys
from handlers.sealing import Sealer
from tests.cast import ELIS_PHONE, texting
from tests.fakes import FakeClock

ELI = texting(ELIS_PHONE)
SESSION = "0" * 32


def stranger(number: int) -> Address:
    """One of many phones that nobody knows."""
    return Address("sms", f"+1217555{number:04d}")


@dataclass
class Desk:
    engine: Engine
    clock: FakeClock
    sealer: Sealer
    keys: SqlKeys

    def account(self, number: AccountNumber) -> Account:
        row = tables.account
        with self.engine.begin() as connection:
            found = connection.execute(select(row).where(row.c.number == number.reveal())).one()
        mobile = Phone(found.mobile) if found.mobile else None
        return Account(found.id, number, found.service_street, found.status, found.language, mobile, found.email)

    def send(
        self,
        number: AccountNumber,
        who: Address = ELI,
        session: str = SESSION,
        by: By = "mobile",
    ) -> KeySent | Locked | None:
        return self.keys.send(self.account(number), who, session, by, "en")

    def sent_key(self, number: AccountNumber, who: Address = ELI, session: str = SESSION, by: By = "mobile") -> str:
        """Have a key sent; the digits that the holder reads."""
        assert isinstance(self.send(number, who, session, by), KeySent)
        found = re.search(r"\b[0-9]{6,8}\b", self.letters()[-1]["text"])
        assert found
        return found[0]

    def check(self, number: AccountNumber, digits: str, who: Address = ELI, session: str = SESSION) -> str | Locked:
        return self.keys.check(self.account(number), who, session, digits)

    def guess_wrong(self, number: AccountNumber, times: int, who: Address = ELI) -> list[str | Locked]:
        return [self.check(number, "none", who) for _ in range(times)]

    def parcels(self) -> list[Any]:
        """The rows of the outbox, oldest first."""
        with self.engine.begin() as connection:
            return list(connection.execute(select(tables.outbox).order_by(tables.outbox.c.id)))

    def letters(self) -> list[dict[str, str]]:
        """What the outbox says, oldest first."""
        return [json.loads(self.sealer.open(row.body, f"outbox:{row.cause}")) for row in self.parcels()]
