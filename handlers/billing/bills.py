"""bills.csv: what was billed, and so what is owed. The billing system is the book of record.

Each bill charges its account, for its period, what is new on it (its total less what it carries over). Then each
account is brought to the total of its latest bill less what was paid through us since: the difference is money that
moved elsewhere, by cheque or at the counter. So the balance comes out right in whatever order bills arrive. Last,
credit is put to use on the periods that are open.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from bot.utility import Utility
from handlers.billing import cells
from handlers.billing.batches import Imported, Seen
from handlers.billing.posting import Charged, Postings
from handlers.billing.sheet import Faults, Reader, Row
from handlers.ledger.tables import account, bill
from handlers.payments.changed import withdraw_excessive


class Bills:
    """The bills of one file, on their way into the database."""

    def __init__(self, connection: Connection, utility: Utility, at: datetime, faults: Faults) -> None:
        self.columns = columns(utility)
        self._connection = connection
        self._utility = utility
        self._at = at
        self._faults = faults
        self._seen = Seen(connection, "bill")
        self._postings = Postings(connection, utility.currency, at)

    def keep(self, batch: Sequence[Row]) -> Imported:
        """Write a batch and charge the accounts; look only, once the file has a fault."""
        for row in batch:
            for column, reason in _contradictions(row.values):
                self._faults.add(row.line, column, reason)
        numbered = self._numbered(batch)
        there = self._connection.execute(select(bill).where(_these([values for _row, values in numbered]))).mappings()
        before = {(old["account_id"], old["period_start"]): dict(old) for old in there}
        new, changed, touching = [], [], []
        for row, values in numbered:
            old = before.get((values["account_id"], values["period_start"]))
            differs = old is None or any(old[name] != value for name, value in values.items())
            key = f"{row.values['account_number']} {values['period_start']}"
            touching.append((key, row, values["account_id"] if differs else None))
            if old is None:
                new.append(values)
            elif differs:
                changed.append({**values, "this": old["id"]})
        self._seen.once(touching, "period_start", self._faults)
        if not self._faults:
            self._write(new, changed, before)
        return Imported(len(new), len(changed), len(numbered) - len(new) - len(changed))

    def _numbered(self, batch: Sequence[Row]) -> list[tuple[Row, dict[str, Any]]]:
        """The rows with our id of their account; a row of an account that we do not know is a fault."""
        wanted = {row.values["account_number"] for row in batch}
        known = select(account.c.number, account.c.id).where(
            account.c.utility == self._utility.name, account.c.number.in_(wanted)
        )
        ids: dict[str, int] = {number: account_id for number, account_id in self._connection.execute(known)}
        numbered = []
        for row in batch:
            values = dict(row.values)
            number = values.pop("account_number")
            if number in ids:
                numbered.append((row, {**values, "account_id": ids[number]}))
            else:
                self._faults.add(row.line, "account_number", "no such account; import the accounts first")
        return numbered

    def _write(
        self,
        new: Sequence[dict[str, Any]],
        changed: Sequence[dict[str, Any]],
        before: Mapping[tuple[int, date], Mapping[str, Any]],
    ) -> None:
        ids: dict[tuple[int, date], int] = {place: old["id"] for place, old in before.items()}
        if new:
            self._connection.execute(insert(bill), new)
            made = select(bill.c.account_id, bill.c.period_start, bill.c.id).where(_these(new))
            ids |= {(account_id, start): bill_id for account_id, start, bill_id in self._connection.execute(made)}
        if changed:
            self._connection.execute(update(bill).where(bill.c.id == bindparam("this")), changed)
        charges = []
        for values in [*new, *changed]:
            place = (values["account_id"], values["period_start"])
            minor = _charge(values) - (_charge(before[place]) if place in before else 0)
            charges.append(
                Charged(values["account_id"], ids[place], minor, values["period_start"], values["issued_on"])
            )
        self._postings.billed(charges)

    def finish(self) -> None:
        """Bring the accounts of all new and changed bills to what their latest bill says, and their links with them."""
        for ids in self._seen.touched():
            self._postings.elsewhere(ids)
        for ids in self._seen.touched():  # last, for it holds up those who pay at this moment
            self._postings.use_credit(ids)
            withdraw_excessive(self._connection, ids, self._at)
        self._seen.forget()


def columns(utility: Utility) -> dict[str, Reader]:
    """The columns of bills.csv and how each is read."""
    return {
        "account_number": cells.account_number(utility.account_form),
        "period_start": cells.day,
        "period_end": cells.day,
        "issued_on": cells.day,
        "due_on": cells.day,
        "currency": cells.one_of(utility.currency),
        "amount_due": cells.amount(utility.currency),
        "past_due": cells.amount(utility.currency),
        "usage_quantity": cells.optional(cells.quantity),
        "usage_unit": cells.optional(cells.words(12)),
    }


def _these(bills: Sequence[Mapping[str, Any]]) -> ColumnElement[bool]:
    """Those of these bills that are in the database; and some of the same accounts and beginnings besides."""
    accounts = {values["account_id"] for values in bills}
    return bill.c.account_id.in_(accounts) & bill.c.period_start.in_({values["period_start"] for values in bills})


def _contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if values["period_end"] < values["period_start"]:
        yield "period_end", "it is before period_start"
    if values["due_on"] < values["issued_on"]:
        yield "due_on", "it is before issued_on"
    if not 0 <= values["past_due"] <= max(values["amount_due"], 0):
        yield "past_due", "it must be between 0.00 and amount_due (0.00 on a credit)"
    if (values["usage_quantity"] is None) != (values["usage_unit"] is None):
        yield "usage_unit", "usage_quantity and usage_unit go together"


def _charge(values: Mapping[str, Any]) -> int:
    """What is new on a bill: its total less what it carries over."""
    return int(values["amount_due"] - values["past_due"])
