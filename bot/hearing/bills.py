"""Hearing the amount and the due date that are printed on a bill: what someone without a key can show instead."""

import re
from datetime import date

from bot.answers import PrintedBill
from bot.errors import NotUnderstood
from bot.hearing.sums import minor_units
from bot.hearing.words import POLITE, read
from bot.money import Money
from bot.text import words
from bot.utility import Utility

_NAMES = (
    "jan january ene enero|feb february febrero|mar march marzo|apr april abr abril|may mayo|jun june junio"
    "|jul july julio|aug august ago agosto|sep sept september septiembre setiembre|oct october octubre"
    "|nov november noviembre|dec december dic diciembre"
)
_MONTH = {name: number for number, names in enumerate(_NAMES.split("|"), 1) for name in names.split()}
_ANY_MONTH = "|".join(sorted(_MONTH, key=len, reverse=True))
_YEAR = r"(?P<year>20\d\d)(?![\d.,]\d)"
_DATES = [
    re.compile(r"(?<![\d.,/$-])(?P<year>20\d\d)[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?![\d/-]|\.\d)"),
    re.compile(
        r"(?<![\d.,/$-])(?P<month>\d{1,2})(?P<by>[/-])(?P<day>\d{1,2})(?:(?P=by)(?P<year>20\d\d|\d\d))?(?![\d/-]|[.,]\d)"
    ),
    re.compile(r"(?<![\d.,/$-])(?P<month>\d{1,2})\.(?P<day>\d{1,2})\.(?P<year>20\d\d)(?![\d/-]|[.,]\d)"),
    re.compile(
        rf"\b(?P<name>{_ANY_MONTH})\b\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d/-]|[.,]\d)(?:,?\s*(?:del?\s*)?{_YEAR})?"
    ),
    re.compile(
        rf"(?<![\d.,/$-])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s*|de\s*|-)?(?P<name>{_ANY_MONTH})\b\.?"
        rf"(?:,?\s*(?:del?\s*)?{_YEAR})?"
    ),
]
_AROUND = POLITE | words(
    "due on by the is was are my bill amount date and y for of it its in i owe pay payable total balance vence"
    " vencia vencimiento el la monto fecha total a de del por importe saldo cantidad es factura recibo con"
    " limite before antes"
)


def printed_bill(text: str, utility: Utility) -> PrintedBill:
    """Amount and due date in either order; the year may be left out; the month comes first unless it cannot.

    Raises NotUnderstood, naming what is missing. An amount of zero is one that a bill can have.
    """
    plain = read(text)
    due, rest = _take_date(plain)
    tokens = (token.lstrip(",;:").rstrip(".,;:!?") for token in rest.split())
    left = " ".join(word for word in tokens if word and word not in _AROUND)
    if due is None:
        raise NotUnderstood("printed_bill.date" if re.search(r"\d", left) else "")
    if not left:
        raise NotUnderstood("printed_bill.amount")
    minor = minor_units(left, utility.currency)
    if minor is None:
        raise NotUnderstood("printed_bill.two" if len(re.findall(r"\d+(?:[.,]\d+)*", left)) > 1 else "")
    return PrintedBill(Money(minor, utility.currency), *due)


def _take_date(plain: str) -> tuple[tuple[int, int, int | None] | None, str]:
    """The first date as (month, day, year), and the text without it."""
    for form in _DATES:
        for found in form.finditer(plain):
            due = _date(found.groupdict())
            if due:
                return due, f"{plain[: found.start()]} {plain[found.end() :]}"
    return None, plain


def _date(parts: dict[str, str | None]) -> tuple[int, int, int | None] | None:
    day, name = int(parts["day"] or 0), parts.get("name")
    month = _MONTH[name] if name else int(parts["month"] or 0)
    if month > 12 and not name:
        month, day = day, month  # 25/11: there is no month 25
    year = int(parts["year"]) % 100 + 2000 if parts["year"] else None
    try:
        date(year or 2000, month, day)  # any leap year serves where none is given
    except ValueError:
        return None
    return month, day, year
