"""Hearing how much: a sum of money, a share of what is owed, or a number of the menu."""

import re

from bot.answers import Choice, Portion, Sum
from bot.errors import NotUnderstood
from bot.hearing.words import ONES, OPTION, POLITE, read
from bot.money import Money
from bot.text import words
from bot.utility import Utility

LARGEST = 999_999_99
"""Cents: Stripe takes no payment above $999,999.99 (RULES M8)."""

_PAYING = words(
    "pay paying i id ill want wanna to would like can just only make it do lets let me send put amount payment"
    " the a an of for my due bill owed owe what quiero deseo pagar pago voy puedo solo el la los lo un una de"
    " del mi monto cantidad pagare today now hoy ahora se en in debo es is its"
)
_PAYING_ALONE = _PAYING - {"bill"}  # "this bill" is a share, "this" may be anything
_SHARES = {
    "full": "all|full|everything|todo|toda|total|balance|whole|entire|whole thing|entire thing|all everything"
    "|full balance|total balance|entire balance|whole balance|full total|saldo|saldo total|todo saldo|total saldo"
    "|completo|completa|saldo completo|pago completo|totalidad|full all|all full|all balance",
    "half": "half|mitad|half balance|mitad saldo|1/2 balance",
    "past_due": "past|pastdue|past balance|overdue|overdue balance|vencido|vencida|atrasado|atrasada|saldo vencido"
    "|saldo atrasado|past only|overdue only",
    "current": "current|current bill|current charges|current month|current only|new|new bill|new charges"
    "|new only|newest bill|latest|latest bill|this bill|this bill only|only this bill|this month|this month only"
    "|this month's|this month's bill|this period|current period|esta factura|factura actual|esta factura solamente"
    "|este mes|factura este mes|mes actual|actual|nuevo|cargos nuevos|nuevos cargos|cargos actuales"
    "|factura nueva|este periodo|periodo actual",
    "minimum": "minimum|min|minimo|smallest|least|minima",
}
_SHARE_OF = {said: Portion(of) for of, ways in _SHARES.items() for said in ways.split("|")}  # type: ignore[arg-type]

_NUMBER = r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?:\.(?P<cents>\d+))?"
_UNITS = r"(?:dollars?|dolar(?:es)?|bucks?|usd|cad|us dollars?)"
_SUM = re.compile(
    rf"(?P<code>usd|us|cad|ca)?\s*(?P<mark>\$)?\s*{_NUMBER}\s*(?P<unit>\$|{_UNITS})?"
    rf"(?:\s*(?:and|y|con)?\s*(?P<more>\d{{2}})(?:\s*(?:cents?|centavos?))?)?"
)
_CHOICE = re.compile(rf"(?:(?:{'|'.join(OPTION)})\s*)?#?\s*(?P<one>[1-9])[.)]?")
_OTHER_MONEY = re.compile(
    r"[€£¥₹₽₩¢]|\b(?:eur|euros?|gbp|pounds?|mxn|pesos?|libras?|yen|btc|bitcoin|rmb)\b", re.IGNORECASE
)
_NEGATIVE = re.compile(r"(?:^|\s)\$?\s*[-\u2010-\u2015\u2212]\s*\$?\s*[\d.]|^\(.*\)$")
_TWO = re.compile(r"\d[\d.,]*[^\d.,]+[\d.,]*\d")


def amount(text: str, utility: Utility) -> Choice | Sum | Portion:
    """A sum ("50", "$1,234.56", "50 dollars"), a share ("half", "past due"), or the menu's 1 to 9 alone.

    Always asked back: digits of other scripts, two numbers, minus signs, more than two decimals, a comma for a point,
    another currency, and more than Stripe takes. A single digit is a choice unless money is named ("$5", "5.00").
    """
    if _OTHER_MONEY.search(text):
        raise NotUnderstood("amount.currency")
    plain = read(text)
    said = _without(plain, POLITE)
    if chosen := _CHOICE.fullmatch(said):
        return Choice(int(chosen["one"]))
    if said in ONES:
        return Choice(ONES[said])
    core = _without(said, _PAYING)
    for named in (core, _without(said, _PAYING_ALONE)):
        if named in _SHARE_OF:
            return _SHARE_OF[named]
    if _CHOICE.fullmatch(core):
        raise NotUnderstood("amount.which")  # "pay 1": the first line of the menu, or one dollar?
    return Sum(Money(_minor(core, plain, utility.currency), utility.currency))


def minor_units(core: str, currency: str) -> int | None:
    """The cents of a sum written by the one grammar for money, zero included; None if it is not such a sum.

    Raises NotUnderstood for a third decimal and for more than LARGEST; no number is built of digits without end.
    """
    found = _SUM.fullmatch(core)
    if not found or not (found["whole"] or found["cents"]):
        return None
    codes = {found["code"] or "", found["unit"] or ""} & {"usd", "us", "cad", "ca", "us dollar", "us dollars"}
    if any(not currency.lower().startswith(code[:2]) for code in codes):
        raise NotUnderstood("amount.currency")
    if found["more"] and (found["cents"] or not found["unit"]):
        return None
    cents = found["more"] or found["cents"] or ""
    if len(cents) > 2:
        raise NotUnderstood("amount.decimals")
    whole = (found["whole"] or "0").replace(",", "")
    if len(whole) > 1 and whole[0] == "0":
        return None  # 0050 is a part of some other number
    if len(whole) > 6:
        raise NotUnderstood("amount.too_large")
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def _minor(core: str, plain: str, currency: str) -> int:
    minor = minor_units(core, currency)
    if minor is None:
        raise NotUnderstood(_why(plain))
    if minor == 0:
        raise NotUnderstood("amount.zero")
    return minor


def _without(said: str, less: frozenset[str]) -> str:
    """What is left of it without these words, and without the punctuation around (but the point of ".50" stays)."""
    left = " ".join(token for token in said.split() if token.strip(".,!?:;'") not in less)
    return left.lstrip(" ,:").rstrip(" .!?,:")


def _why(text: str) -> str:
    """The sentence that helps with a sum that cannot be read."""
    if _NEGATIVE.search(text.strip()):
        return "amount.negative"
    if re.search(r"\d,\d{1,2}(?:\D|$)", text):
        return "amount.comma"
    return "amount.two_numbers" if _TWO.search(text) else ""
