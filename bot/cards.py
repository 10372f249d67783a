"""Card and social security numbers that a person sends although nobody asked: found, and masked (RULES P1, P2).

What is a card: 13 to 19 digits with a right check digit (Luhn, ISO/IEC 7812-1), where

- they stand in one piece, or make up the whole of one run and are parted evenly ("4242 4242 4242 4242", "4-2-4..."), or
- they are parted unevenly, or other digits follow them (expiry, CVV), or they hide inside a longer number, and
  beginning and length are those of a card network.

One number in ten has a right check digit. Without those conditions a house number with a long ZIP, or an account
number beside a sum, would be taken for a card far too often; the plain forms of an address and of a printed bill never
are.
"""

import re
import unicodedata
from typing import Literal

HIDDEN = "[hidden]"

_GAP = r"[\W_]*+"  # possessive: a long text without a card is left behind in one pass
_MAYBE = re.compile(rf"(?:\d{_GAP}){{9}}")
_RUN = re.compile(rf"\d(?:{_GAP}\d)*+")
_FIVE = re.compile(r"\d(?:[\W_]{0,3}\d){4,}+")
_GROUP = re.compile(r"\d+")

_DASH = r"[-\u2010-\u2015\u2212\u00ad./_]"
_SSN = re.compile(rf"(?<!\d)\d{{3}}(?:\s?{_DASH}\s?\d{{2}}\s?{_DASH}\s?|\s+\d{{2}}\s+)\d{{4}}(?!\d)")

# A number beside its name. After "ssn" any nine digits are one; "social" and "seguro" mean other things as well (sure,
# insurance), and a house number with its ZIP has nine digits too: there the digits have to stand as people write them.
_APART = r"[\W_]{0,3}"
_NINE = rf"(?<!\d)\d(?:{_APART}\d){{8}}(?!\d)"
_THREES = rf"\d{{3}}{_APART}(?:\d{{3}}{_APART}\d{{3}}|\d\d{_APART}\d{{4}})"
_AS_WRITTEN = rf"(?<!\d)(?:{_THREES}|\d(?:[\W_]{{1,3}}\d){{8}})(?!\d)"
_FULL_NAME = r"(?:ssn|social security|seguro social)(?![^\W\d_])"
_SHORT_NAME = r"(?:ss|social|seguro)(?![^\W\d_])"
_THEN = r"[\W_]*+(?:[^\W\d]++\W++){0,4}"
_NAMED_SSN = re.compile(
    rf"\b{_FULL_NAME}{_THEN}{_NINE}|\b{_SHORT_NAME}{_THEN}{_AS_WRITTEN}"
    rf"|{_NINE}{_THEN}{_FULL_NAME}|{_AS_WRITTEN}{_THEN}social(?![^\W\d_])",
    re.IGNORECASE,
)

_SUM = r"\d{1,3}(?:,?\d{3}){0,2}\.\d\d"
_DATE = r"(?:\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})|\d{1,2}/\d{1,2}|\d{4}-\d{1,2}-\d{1,2})"
_BENIGN = re.compile(
    rf"{_SUM}[\s,$]+{_DATE}|{_DATE}[\s,$]+{_SUM}|\d{{1,6}}[\s,]+\d{{5}}-\d{{4}}|\d{{5}}-\d{{4}}[\s,]+\d{{1,6}}"
)

# Beginnings and lengths in use: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro.
_NETWORKS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|095|[689]\d)\d{11,16}|(?:6011|64[4-9]\d|65\d\d|35(?:2[89]|[3-8]\d)|62\d\d|81\d\d)\d{12,15}"
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def find(text: str) -> Literal["card", "ssn"] | None:
    """What the (cleaned) text gives away: a card number, a social security number, or neither.

    Where an account number is expected, try that first (P2).
    """
    if not _MAYBE.search(text):
        return None
    text = _ascii_digits(text)
    if any(_has_card(run[0]) for run in _RUN.finditer(text)):
        return "card"
    return "ssn" if _SSN.search(text) or _NAMED_SSN.search(text) else None


def mask(text: str) -> str:
    """The text without the number that `find` finds; without any number at all then, for expiry and CVV go too."""
    return text if find(text) is None else _RUN.sub(HIDDEN, text)


def mask_digits(text: str) -> str:
    """The text for a log: every run of five digits or more, however parted, hidden."""
    return _FIVE.sub(HIDDEN, text)


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(mark)) if mark.isdecimal() else mark for mark in text)


def _has_card(run: str) -> bool:
    groups = _GROUP.findall(run)
    if sum(map(len, groups)) < 13 or _BENIGN.fullmatch(run):
        return False
    return _even(groups) or any(map(_piece, groups)) or any(map(_network_card, _windows(groups)))


def _even(groups: list[str]) -> bool:
    """The whole run is one number, parted evenly (the last group may be shorter)."""
    size = len(groups[0])
    even = all(len(group) == size for group in groups[:-1]) and len(groups[-1]) <= size
    return even and size <= 6 and _luhn("".join(groups))


def _piece(group: str) -> bool:
    """Digits in one piece: a card as they are, or a card network's number with more digits around it."""
    if len(group) < 13:
        return False
    inner = (group[start : start + size] for size in (14, 15, 16) for start in range(len(group) - size + 1))
    return _luhn(group) or any(map(_network_card, inner))


def _windows(groups: list[str]) -> list[str]:
    """All numbers of 13 to 19 digits that neighbouring groups make."""
    found = []
    for start in range(len(groups)):
        number = ""
        for group in groups[start:]:
            number += group
            if len(number) > 19:
                break
            if len(number) >= 13:
                found.append(number)
    return found


def _network_card(number: str) -> bool:
    return _NETWORKS.fullmatch(number) is not None and _luhn(number)


def _luhn(number: str) -> bool:
    if not 13 <= len(number) <= 19:
        return False
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0
