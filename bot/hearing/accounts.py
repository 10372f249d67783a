"""Hearing an account number, as it is printed or nearly so."""

import re

from bot.errors import NotUnderstood
from bot.hearing.words import COPULA, POLITE, digits_of, read
from bot.names import AccountNumber
from bot.text import words
from bot.utility import Utility

SHORTEST = 4
"""Digits at least: fewer are an answer to something else, not a number that lost its zeros."""

_WORDS = POLITE | COPULA | words("account acct acc number num no nbr nr nro cuenta numero bill pay customer i have")
_FORM = re.compile(r"[a-z0-9\s\-./#:,'()]+")
_PIECE = re.compile(r"[a-z0-9]+")
_APART = re.compile(r"[,\n]|\b(?:and|or|y|o|u)\b")


def account_number(text: str, utility: Utility) -> AccountNumber:
    """The one account number in the text, lost leading zeros put back.

    Spaces, dashes, dots and words like "account" are forgiven, and O for 0. Raises NotUnderstood for too few or
    too many digits, and for what could be two numbers.
    """
    groups = _groups(text)
    number = "".join(groups)
    if len(number) < SHORTEST:
        raise NotUnderstood("account_number.too_short")
    if _could_be_two(groups, text, utility.account_form.digits):
        raise NotUnderstood("account_number.two")
    if len(number) > utility.account_form.digits:
        raise NotUnderstood("account_number.too_long")
    return AccountNumber(number.zfill(utility.account_form.digits))


def _groups(text: str) -> list[str]:
    plain = read(text)
    if not _FORM.fullmatch(plain):
        raise NotUnderstood
    groups = []
    for token in _PIECE.findall(plain.replace("'", "")):
        number = digits_of(token)
        if number is not None:
            groups.append(number)
        elif token not in _WORDS and not re.fullmatch("[oy]|and|or", token):
            raise NotUnderstood
    if not groups:
        raise NotUnderstood
    return groups


def _could_be_two(groups: list[str], text: str, digits: int) -> bool:
    """Two whole numbers, not one with a gap: each long enough, and not exactly one number together."""
    whole = [group for group in groups if len(group) >= SHORTEST]
    together = sum(map(len, groups))
    return len(whole) > 1 and (together != digits or _APART.search(text.lower()) is not None)
