"""What all parsers share: text in letters they can read, and the little words around an answer that change nothing."""

import re

from bot.errors import NotUnderstood
from bot.text import is_tapback, latin, words

POLITE = words("please pls plz por favor thanks thank you gracias hi hello hola ok okay um so")
"""Words that may stand beside any answer."""

COPULA = words("my mine the is its it s this here heres that was mi el la es lo este esta un una a of de del for")
"""Words that tie an answer to its name."""

ONES = {
    **dict.fromkeys(("one", "uno", "una"), 1),
    **dict.fromkeys(("two", "dos"), 2),
    **dict.fromkeys(("three", "tres"), 3),
    **dict.fromkeys(("four", "cuatro"), 4),
    **dict.fromkeys(("five", "cinco"), 5),
    **dict.fromkeys(("six", "seis"), 6),
    **dict.fromkeys(("seven", "siete"), 7),
    **dict.fromkeys(("eight", "ocho"), 8),
    **dict.fromkeys(("nine", "nueve"), 9),
}
"""Numbers of a menu written out."""

OPTION = words("option opcion choice number numero choose elijo press marque")
"""Words that announce a numbered choice."""

_LOOKS_LIKE_DIGITS = re.compile(r"(?=[oil]*[0-9])[0-9oil]+")
_SEEN_AS = str.maketrans("oil", "011")


LONGEST = 320
"""Characters of an answer at most, two SMS segments: what is longer is a story, and slow to read in vain."""


def read(text: str) -> str:
    """The text in small ASCII letters and digits (`bot.text.latin`). A tapback is not an answer.

    Raises NotUnderstood for anything else, naming "digits" if there are digits of another script; and for a text that
    is too long.
    """
    if len(text) > LONGEST:
        raise NotUnderstood
    plain = latin(text)
    if plain is None:
        raise NotUnderstood("digits" if any(mark.isnumeric() and not mark.isascii() for mark in text) else "")
    if is_tapback(text):
        raise NotUnderstood
    return plain


def digits_of(token: str) -> str | None:
    """The digits of a small-letter token, a letter O read as 0 and I or L as 1 beside digits; None if it is a word."""
    return token.translate(_SEEN_AS) if _LOOKS_LIKE_DIGITS.fullmatch(token) else None
