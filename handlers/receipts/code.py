"""The receipt code: the token of a receipt's page, written so that a person can type it from paper.

128 bits in the base 32 of Douglas Crockford: digits and capital letters without I, L, O and U, in groups of four. It
is the token itself in other letters, so there is nothing to keep or to look up.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS, _LENGTH, _GROUP = 128, 26, 4
_FIRST = _ALPHABET[: 1 << (_BITS - 5 * (_LENGTH - 1))]  # the first letter carries three bits
_FORM = re.compile(f"[{_FIRST}][{_ALPHABET}]{{{_LENGTH - 1}}}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)  # the last of the 22 carries two bits
_SPACES = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")  # spaces, points, and whatever a person takes for a dash
_LOOK_ALIKES = str.maketrans("OIL", "011")
_LONGEST = 100  # what is typed is not looked at beyond this


def is_token(text: str) -> bool:
    """Whether it can be the token of a receipt."""
    return _TOKEN.fullmatch(text) is not None


def printed(token: str) -> str:
    """The code of a token: "1B4G-...". Raises ValueError for what cannot be a token."""
    if not is_token(token):
        raise ValueError("not a token")
    number = int.from_bytes(urlsafe_b64decode(f"{token}=="))
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def token_of(typed: str) -> str | None:
    """The token of a code as a person typed it: capital or small, grouped or not, O for 0 and I or L for 1.

    None for whatever cannot be a code.
    """
    if len(typed) > _LONGEST:
        return None
    letters = _SPACES.sub("", typed).upper().translate(_LOOK_ALIKES)
    if not _FORM.fullmatch(letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    return urlsafe_b64encode(number.to_bytes(_BITS // 8)).decode().rstrip("=")
