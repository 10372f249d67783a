"""posted.csv: what billing put on its accounts, so that STATUS can say it.

One row a payment, named by `payment_id` or by `reference`, as the remittance has them. A payment that is in the file
more than once, for each of its periods, is posted on the day of the first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from itertools import chain
from typing import Any, Literal, TextIO

from sqlalchemy import Connection, Engine, bindparam, func, select, update

from bot.ports import Clock
from bot.utility import Utility
from handlers.billing import cells
from handlers.billing.batches import Imported
from handlers.billing.imports import bring_in
from handlers.billing.sheet import BadCell, Faults, Reader, Row
from handlers.ledger.tables import payment

Name = Literal["payment_id", "reference"]


def import_posted(engine: Engine, utility: Utility, lines: TextIO, clock: Clock) -> Imported:
    """Note when each payment was posted, once: a day that is known stays. The same file twice changes nothing.

    Raises BadFile, which names every fault by line and column, or Unavailable.
    """
    head = lines.readline()
    named: Name = "reference" if "reference" in re.findall(r"\w+", head) else "payment_id"
    whole: Iterable[str] = chain([head], lines)
    return bring_in(engine, whole, lambda connection, faults: Posted(connection, utility, clock.now(), named, faults))


class Posted:
    """The payments of one file."""

    def __init__(self, connection: Connection, utility: Utility, now: datetime, named: Name, faults: Faults) -> None:
        self.columns: dict[str, Reader] = {named: _READERS[named], "posted_on": cells.day}
        self._connection = connection
        self._utility = utility
        self._now = now
        self._named = named
        self._faults = faults

    def keep(self, batch: Sequence[Row]) -> Imported:
        """Write a batch; look only, once the file has a fault."""
        known = self._known({row.values[self._named] for row in batch})
        posting: dict[str, datetime] = {}
        for row in batch:
            found = self._checked(row, known.get(row.values[self._named], []))
            if found and found.posted_at is None:
                posting.setdefault(found.id, self._instant(found, row.values))
        if posting and not self._faults:
            once = update(payment).where(payment.c.id == bindparam("this"), payment.c.posted_at.is_(None))
            rows = [{"this": payment_id, "posted_at": at} for payment_id, at in sorted(posting.items())]
            self._connection.execute(once, rows)
        return Imported(changed=len(posting), unchanged=len(batch) - len(posting))

    def finish(self) -> None:
        """Nothing is left to do."""

    def _known(self, names: set[str]) -> dict[str, list[Any]]:
        """This utility's payments by the name that the file gives them."""
        name = payment.c.id if self._named == "payment_id" else func.substr(payment.c.id, _REFERENCE_AT)
        columns = (payment.c.id, payment.c.paid_at, payment.c.posted_at, name.label("name"))
        found: dict[str, list[Any]] = {}
        for row in self._connection.execute(
            select(*columns).where(payment.c.utility == self._utility.name, name.in_(names))
        ):
            found.setdefault(row.name, []).append(row)
        return found

    def _checked(self, row: Row, found: Sequence[Any]) -> Any | None:
        """The payment that the row means, if there is nothing wrong with it."""
        paid = [one for one in found if one.paid_at is not None]
        if len(paid) != 1:
            reason = (
                "no such payment"
                if not found
                else "it is not paid"
                if not paid
                else "two payments have it: use payment_id"
            )
            self._faults.add(row.line, self._named, reason)
            return None
        on, zone = row.values["posted_on"], self._utility.zone
        if on < paid[0].paid_at.astimezone(zone).date():
            self._faults.add(row.line, "posted_on", "it is before the day of the payment")
        elif on > self._now.astimezone(zone).date():
            self._faults.add(row.line, "posted_on", "it is in the future")
        else:
            return paid[0]
        return None

    def _instant(self, found: Any, values: Mapping[str, Any]) -> datetime:
        """When that day began where the utility is; on the day of the payment, not before it."""
        paid_at: datetime = found.paid_at
        return max(paid_at, datetime.combine(values["posted_on"], time(), self._utility.zone))


_REFERENCE_AT = len("pay_") + 32 - 8 + 1  # a reference is the last eight digits of a payment's id


def _payment_id(text: str) -> str:
    if not re.fullmatch("pay_[0-9a-f]{32}", text):
        raise BadCell("a payment_id is written as the remittance has it: pay_ and 32 digits or letters")
    return text


def _reference(text: str) -> str:
    if not re.fullmatch("[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}", text):
        raise BadCell("a reference is written like 4F1B-2C3D")
    return text.replace("-", "").lower()


_READERS: Mapping[Name, Reader] = {"payment_id": _payment_id, "reference": _reference}
