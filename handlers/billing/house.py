"""The house number in a service address, folded the way that people's answers are: digits and capital letters."""

import re
import unicodedata

_PART = re.compile(r"[A-Z]|[0-9]/[0-9]")


def house_numbers(street: str) -> tuple[str, str]:
    """What may be typed for the house number of a street line, shorter and longer; twice the same for most.

    "1423 Maple St" has 1423; "12-34 Oak" has 1234; "1423 1/2 Maple" has 1423 and 142312; "9 B" and "9-B Elm" have
    9 and 9B, "9B Elm" has 9B alone.
    A street without any digit has "", which nobody can type.
    """
    plain = unicodedata.normalize("NFKC", street.replace("½", " 1/2")).upper()
    tokens = re.sub(r"(?<=[0-9])-(?=[A-Z]\b)", " ", plain).split()
    place = next((place for place, token in enumerate(tokens) if re.search("[0-9]", token)), None)
    if place is None:
        return "", ""
    short = _fold(tokens[place])
    part = tokens[place + 1] if place + 1 < len(tokens) else ""
    return short, short + _fold(part) if _PART.fullmatch(part) else short


def _fold(text: str) -> str:
    return re.sub("[^0-9A-Z]", "", text)
