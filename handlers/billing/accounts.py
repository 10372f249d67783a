"""accounts.csv: who is served where, and how to reach them. An account that is not in the file stays as it was."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.utility import Utility
from handlers.billing import cells
from handlers.billing.batches import Imported, Seen
from handlers.billing.sheet import Faults, Reader, Row
from handlers.ledger.tables import account


class Accounts:
    """The accounts of one file, on their way into the database."""

    def __init__(self, connection: Connection, utility: Utility, faults: Faults) -> None:
        self.columns = columns(utility)
        self._connection = connection
        self._utility = utility.name
        self._faults = faults
        self._seen = Seen(connection, "account")

    def keep(self, batch: Sequence[Row]) -> Imported:
        """Write a batch; look only, once the file has a fault."""
        self._seen.once([(row.values["account_number"], row, None) for row in batch], "account_number", self._faults)
        return Imported() if self._faults else self._write(batch)

    def finish(self) -> None:
        """Nothing is left to do but to forget."""
        self._seen.forget()

    def _write(self, batch: Sequence[Row]) -> Imported:
        wanted = {row.values["account_number"]: _row(self._utility, row.values) for row in batch}
        there = select(account).where(account.c.utility == self._utility, account.c.number.in_(wanted))
        changed = []
        for found in self._connection.execute(there).mappings():
            values = wanted.pop(found["number"])
            if any(found[name] != value for name, value in values.items()):
                changed.append({**values, "this": found["id"]})
        if changed:
            self._connection.execute(update(account).where(account.c.id == bindparam("this")), changed)
        if wanted:
            self._connection.execute(insert(account), list(wanted.values()))
        return Imported(len(wanted), len(changed), len(batch) - len(wanted) - len(changed))


def columns(utility: Utility) -> dict[str, Reader]:
    """The columns of accounts.csv and how each is read. `kind` is what is supplied: electric, gas, water."""
    return {
        "account_number": cells.account_number(utility.account_form),
        "holder_name": cells.words(200),
        "service_street": cells.words(200),
        "service_city": cells.words(100),
        "service_state": cells.words(40),
        "service_zip": cells.zip_code,
        "mobile": cells.optional(cells.phone(utility.key_countries[0])),
        "email": cells.optional(cells.email),
        "language": cells.one_of(*utility.languages),
        "kind": cells.words(40),
        "rate_plan": cells.words(80, empty=True),
        "status": cells.one_of("active", "closed", "locked"),
    }


def _row(utility: str, values: dict[str, Any]) -> dict[str, Any]:
    row = {**values, "utility": utility, "number": values["account_number"]}
    del row["account_number"]
    return row
