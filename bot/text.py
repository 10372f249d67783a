"""Text as it comes in: made safe first (`clean`), then folded so that words can be compared (RULES S3).

`clean` refuses what no person can type, and takes out what no person can see. An invisible character *between two
digits* becomes a space, elsewhere it vanishes: "S<zwsp>TOP" is STOP, but "50<zwsp>00" is neither 5000 nor 50, and
gets asked back. For the same reason "50²" becomes "50 2", and digits of other scripts stay what they are: the
parsers of `bot.hearing` know ASCII only. Text longer than Twilio's maximum is cut there, between two characters.
Some carriers hand long texts on as base64 (RULES T5): what is surely that is unpacked.
"""

import re
import unicodedata
from base64 import b64decode

LONGEST = 1600
"""Characters of a cleaned text at most: as long as a message at Twilio can be."""

_REFUSED = re.compile("[\x00\ud800-\udfff]")
_UNSEEN = (
    "\x01-\x09\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f"
    "\u115f\u1160"  # Hangul fillers: letters by category, blank on every screen
)
_BETWEEN_DIGITS = re.compile(rf"(?<=\d)[{_UNSEEN}]+(?=\d)")
_ANYWHERE = re.compile(f"[{_UNSEEN}]+")
_SPACE = re.compile(r"[^\S\n]")
_SMALL_NUMBER = re.compile("(?<=\\d)(?=[\xb2\xb3\xb9\xbc-\xbe\u2070-\u2089\u2150-\u215f\u2460-\u249b])")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILE = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PLAIN = re.compile(r"[A-Za-z0-9 ]")

_APOSTROPHES = {ord(mark): None for mark in "'`´‘’ʼ′"}
_ASCII_FOLD: dict[int, str | None] = {
    code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128) if code not in _APOSTROPHES
}
_ASCII_FOLD |= _APOSTROPHES

_QUOTED = r"\s+[\"'“”„«‘]"
_THING = r"\s+(?:an?|una?)\s+(?:image|photo|picture|movie|video|audio|message|imagen|foto|mensaje)\b"
_TAPBACK = re.compile(
    r"(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned"
    r"|(?:no )?le gust[óo]|le encant[óo]|le disgust[óo]|se ri[óo] de|se ri[óo] con|enfatiz[óo]|exclam[óo] por"
    r"|destac[óo]|cuestion[óo]|pregunt[óo] por)(?:" + _QUOTED + "|" + _THING + ")"
    r"|(?:reacted|reaccion[óo])\s.{1,40}?\s(?:to|a)" + _QUOTED
    + r"|(?:removed|elimin[óo]|quit[óo])\s.{1,40}?\s(?:from|de)" + _QUOTED
    + r"|[^\w\s\"'“”]{1,16}\s*(?:to|a|en)" + _QUOTED + ")",
    re.IGNORECASE,
)  # fmt: skip


def words(listed: str) -> frozenset[str]:
    """The set of words that a line lists, parted by spaces: for tables of words."""
    return frozenset(listed.split())


class BadText(ValueError):
    """The text holds NUL or half a surrogate pair: no phone sends that, and no database keeps it."""


def clean(raw: str) -> str:
    """Make incoming text safe: NFKC, nothing invisible, only "\\n" and " " as white space, trimmed, at most LONGEST.

    Raises BadText for NUL and lone surrogates. Cleaning twice changes nothing.
    """
    text = _safe(raw)
    while packed := _unpacked(text):  # each time a quarter shorter
        text = _safe(packed)
    return text


def _safe(raw: str) -> str:
    if raw.isascii() and raw.isprintable():
        return raw.strip(" ")[:LONGEST].rstrip(" ")
    if _REFUSED.search(raw):
        raise BadText("text with NUL or a lone surrogate")
    text = raw[: 4 * LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFKC", _SMALL_NUMBER.sub(" ", text))
    text = _BETWEEN_DIGITS.sub(" ", _SPACE.sub(" ", text))
    text = unicodedata.normalize("NFKC", _ANYWHERE.sub("", text))
    return _cut(_PILE.sub(r"\1", text).strip()).rstrip()


def _unpacked(text: str) -> str | None:
    """The text that this is as base64, if it is words, so long and readable that no chance made them; else None."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        found = b64decode(text).decode()
    except UnicodeDecodeError:
        return None
    readable = " " in found and not _CONTROL.search(found)
    return found if readable and 4 * len(_PLAIN.findall(found)) >= 3 * len(found) else None


def _cut(text: str) -> str:
    """The first LONGEST characters, never an accent cut off its letter."""
    end = LONGEST
    while len(text) > end > 0 and unicodedata.combining(text[end]):
        end -= 1
    return text[:end]


def fold(text: str) -> str:
    """Text for comparing words: small letters without accents, no punctuation, no emoji, single spaces.

    Apostrophes vanish ("don't" is "dont"), other punctuation parts words ("opt-out" is "opt out").
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII_FOLD).split())
    text = unicodedata.normalize("NFKD", _ANYWHERE.sub("", text.translate(_APOSTROPHES))).casefold()
    return " ".join("".join(map(_folded, unicodedata.normalize("NFKD", text))).split())


def _folded(mark: str) -> str:
    if mark.isalnum():
        return mark
    return "" if unicodedata.category(mark) in ("Mn", "Me") else " "


def latin(text: str) -> str | None:
    """Small letters without accents, punctuation and digits as they are, emoji as spaces: what the parsers read.

    None where anything outside ASCII is left over, such as digits of another script or the sign of another currency.
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", re.sub("\ufe0f?\u20e3", " ", text)).casefold()
    letters = re.sub(f"(?<=[a-z])[{_MARKS}]+", "", text)
    spaced = "".join(
        " " if unicodedata.category(mark) in ("So", "Sk") or mark == "\ufe0f" else mark for mark in letters
    )
    return spaced if spaced.isascii() else None


def is_tapback(text: str) -> bool:
    """Whether this is a phone telling of a reaction ("Liked “Reply 1 to pay”"): nobody typed it, it answers nothing."""
    return _TAPBACK.match(text) is not None
