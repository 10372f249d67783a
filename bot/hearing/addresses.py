"""Hearing the house number and ZIP of a service address: only those two, however much of the address comes along.

Which number is which: the ZIP is the one with a ZIP's extension (62701-1234), after the word "zip" or a state (IL
62701); else the last one of five digits. The house number is the first other number, leaving out flats (apt 4B) and
numbered roads (5th Ave, Route 66). Of two bare numbers of five digits the first is the house, as addresses are written.
"""

import re

from bot import cards
from bot.answers import HouseAndZip
from bot.errors import NotUnderstood
from bot.hearing.words import read
from bot.utility import Utility

_HOUSE = r"[nsew]?\d{1,8}(?:[nsew]\d{1,6})?[a-z]?"
_NUMBER = re.compile(
    r"\b(?P<zip4>\d{5})\s?-\s?\d{4}\b|\b\d/\d\b"
    rf"|\b(?P<house>{_HOUSE}(?:-(?!\d{{5}}\b)\d{{1,6}}[a-z]?)?(?:\s\d/\d\b)?)\b"
)
_FLAT = re.compile(
    r"\b(?:apt|apto|apartment|apartamento|unit|unidad|suite|ste|lot|lote|floor|piso|bldg|building|room|rm|depto|dpto"
    r"|trailer|trlr|box|interior)\b\.?\s?#?\s?[a-z]?-?\d{0,4}[a-z]?\b"
)
_ROAD = re.compile(
    r"\b\d+(?:st|nd|rd|th)\b|\b(?:route|rte|rt|hwy|highway|interstate|county road|county rd|state road|calle"
    r"|avenida)\.?\s\d+\b"
)
_ZIP_WORD = re.compile(r"\b(?:zip(?: ?code)?|postal(?: code)?|cp|c\.p\.|codigo postal)(?: is| es)?[\s:,.#]*$")
_STATES = (
    "al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or"
    " pa pr ri sc sd tn tx ut vt va wa wv wi wy"
)
_STATE = re.compile(rf"\b(?:{'|'.join(_STATES.split())}|illinois)[\s,.]*$")
_FOUR_MORE = re.compile(r"(\b\d{5}) (\d{4})$")


def service_address(text: str, utility: Utility) -> HouseAndZip:  # noqa: ARG001 - all parsers are called alike
    """House number and ZIP, in either order, with or without the rest of the address.

    "1423B", "12-34" and "1423 1/2" are folded to digits and capital letters. Raises NotUnderstood, naming what is
    missing.
    """
    if cards.find(text):
        raise NotUnderstood  # "my card is 3782 822463 10005" has a ZIP in it, too
    plain = read(text.replace("\u2044", "/"))
    found = _numbers(plain)
    if not found:
        raise NotUnderstood
    position = _zip_among(plain, found)
    if position is None:
        raise NotUnderstood("service_address.zip")
    houses = [number for place, number in enumerate(found) if place != position]
    if not houses:
        raise NotUnderstood("service_address.house")
    if len(houses) > 1 and not re.search("[a-z]{3}", plain):  # bare numbers: nothing says which is the house
        raise NotUnderstood("service_address.two")
    return HouseAndZip(_folded(houses[0]["house"] or houses[0]["zip4"]), _zip_of(found[position]))


def _numbers(plain: str) -> list[re.Match[str]]:
    """All numbers that may be house or ZIP, flats and roads left out."""
    plain = _FOUR_MORE.sub(r"\1-\2", plain) if len(re.findall(r"\d+", plain)) > 2 else plain
    blank = _ROAD.sub(_blank, _FLAT.sub(_blank, plain))
    return [number for number in _NUMBER.finditer(blank) if number["house"] or number["zip4"]]


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _zip_among(plain: str, found: list[re.Match[str]]) -> int | None:
    """Which of the numbers is the ZIP; None if none can be."""
    able = [place for place, number in enumerate(found) if number["zip4"] or re.fullmatch(r"\d{5}", number[0])]
    for told in (
        lambda number: number["zip4"] is not None,
        lambda number: _ZIP_WORD.search(plain[: number.start()]),
        lambda number: _STATE.search(plain[: number.start()]),
    ):
        clear = [place for place in able if told(found[place])]
        if clear:
            return clear[-1]
    return able[-1] if able else None


def _zip_of(number: re.Match[str]) -> str:
    return str(number["zip4"] or number[0])


def _folded(house: str) -> str:
    return re.sub("[^0-9a-z]", "", house).upper()
