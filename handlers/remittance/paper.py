"""A remittance on paper: CSV with a header, its rows, and a last line with count, total and checksum."""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import BinaryIO

from bot.money import Money
from handlers.payments.records import reference
from handlers.remittance.told import Told

COLUMNS = (
    "remittance",
    "row",
    "payment_id",
    "reference",
    "account_number",
    "period_start",
    "kind",
    "amount",
    "fee",
    "currency",
    "method",
    "paid_at",
    "effective_on",
    "cause",
)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the last line says: how many rows, what their amounts come to, SHA-256 of every byte above it."""

    rows: int
    amount: Money
    checksum: str


def write(out: BinaryIO, utility: str, number: int, rows: Iterable[Told], currency: str) -> Totals:
    """Write remittance `number` of this utility, row by row, in UTF-8 with "\\n" at the end of each line."""
    hashed = _Hashed(out)
    sheet = csv.writer(hashed, lineterminator="\n")
    sheet.writerow(COLUMNS)
    count, amount = 0, Money(0, currency)
    for count, row in enumerate(rows, 1):
        sheet.writerow([number, count, *_cells(row)])
        amount += row.amount
    totals = Totals(count, amount, hashed.digest.hexdigest())
    sheet.writerow(["total", utility, number, count, amount.decimal(), currency, totals.checksum])
    return totals


def _cells(row: Told) -> list[str]:
    payment_id = row.payment_id
    return [
        payment_id.reveal() if payment_id else "",
        reference(payment_id) if payment_id else "",
        row.account_number,
        row.period_start.isoformat() if row.period_start else "",
        row.kind,
        row.amount.decimal(),
        row.fee.decimal(),
        row.amount.currency,
        row.method or "",
        f"{row.paid_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if row.paid_at else "",
        row.effective_on.isoformat(),
        row.cause,
    ]


class _Hashed:
    """A stream that adds up what goes through it."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.digest = hashlib.sha256()

    def write(self, text: str) -> None:
        """Pass it on."""
        data = text.encode()
        self.digest.update(data)
        self._out.write(data)
