"""How many SMS segments a text costs, counted as the networks do (RULES T6; GSM 03.38, 3GPP 23.040).

One character outside the GSM alphabet makes the whole text UCS-2: 70 units instead of 160. A longer text gives up six
octets of each segment to say how the parts belong together: 153 and 67 are left. What counts two units (an
extension character, an emoji) is never split over two segments.
"""

import re
from dataclasses import dataclass
from typing import Literal

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_NOT_GSM = re.compile(f"[^{re.escape(_BASIC + _EXTENSION)}]")
_TWO_SEPTETS = re.compile(f"[{re.escape(_EXTENSION)}]")
_TWO_UNITS = re.compile("[\U00010000-\U0010ffff]")

# Twilio's "smart encoding": what it sends instead, so that a text from a word processor stays GSM-7.
_SMART = {
    '"': "«»“”ʺˮ‟„❝❞〝〞＂",
    "'": "‘’ʻˈʼʽʹ‛＇´ˊ`ˋ❛❜\u0313\u0314︐︑",
    "/": "÷⧸\u0337\u0338⁄∕／",
    "\\": "⧹⧵\u20e5﹨＼",
    "_": "\u0332＿‗",
    "|": "\u20d2\u20d3∣｜⎸⎹⏐⎜⎟",
    "-": "⎼⎽―﹣－‐⁃—–•",
    "@": "﹫＠",
    "$": "﹩＄",
    "!": "ǃ︕﹗！",
    "!!": "‼",
    "#": "﹟＃",
    "%": "﹪％",
    "&": "﹠＆",
    ",": "‚\u0326﹐﹑，､、",
    "(": "❨❪﹙（⟮⦅",
    ")": "❩❫﹚）⟯⦆",
    "*": "⁎∗⊛✢✣✤✥✱✲✳✺✻✼✽❃❉❊❋⧆﹡＊",
    "+": "˖﹢＋",
    ".": "。﹒．｡",
    "...": "…",
    ":": "ː˸⦂꞉︓：",
    ";": "⁏︔﹔；",
    "<": "﹤＜‹",
    "=": "\u0347꞊﹦＝",
    ">": "﹥＞›",
    "?": "︖﹖？",
    "[": "［",
    "]": "］",
    "^": "ˆ\u0302＾\u1dcd",
    "{": "❴﹛｛",
    "}": "❵﹜｝",
    "~": "˜˷\u0303\u0330\u0334∼～",
    "1/2": "½",
    "1/4": "¼",
    "3/4": "¾",
    "": "\x10\x00\x03\x04\x17\x19\x11\x12\x13\x14\u2060\u200b\u200c\ufeff",
    " ": "\u2028\u2029\u2001",
    "  ": "\xa0\u2000\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x8d\x9f\x80\x90\x9b",
    "       ": "\t",
}
_LETTERS = {
    "A": "ᴀ",
    "B": "ʙ",
    "C": "ᴄ",
    "D": "ᴅ",
    "E": "ᴇ",
    "F": "ꜰ",
    "G": "ɢ",
    "H": "ʜ",
    "I": "ɪ",
    "J": "ᴊ",
    "K": "ᴋ",
}
_LETTERS |= {
    "L": "ʟ",
    "M": "ᴍ",
    "N": "ɴ",
    "O": "ᴏ",
    "P": "ᴘ",
    "R": "ʀ",
    "S": "ꜱ",
    "T": "ᴛ",
    "U": "ᴜ",
    "V": "ᴠ",
    "W": "ᴡ",
}
_LETTERS |= {"Y": "ʏ", "Z": "ᴢ"}
_WIDE = {0xFF01 + ord(letter) - 0x21: letter for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_TABLE = _WIDE | {ord(old): new for new, olds in (_SMART | _LETTERS).items() for old in olds}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs: `units` are septets in GSM-7 and 16-bit units in UCS-2. An empty text is one segment."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int


def count(text: str) -> Segments:
    """Count a text exactly as it would be sent; put it through `smart` first if it goes out with smart encoding."""
    if _NOT_GSM.search(text):
        return _count(text, "UCS-2", _TWO_UNITS, alone=70, each=67)
    return _count(text, "GSM-7", _TWO_SEPTETS, alone=160, each=153)


def smart(text: str) -> str:
    """The text as Twilio's smart encoding sends it. An accent of its own becomes a sign: compose (NFC) first."""
    return text.translate(_TABLE)


def _count(
    text: str, encoding: Literal["GSM-7", "UCS-2"], double: re.Pattern[str], *, alone: int, each: int
) -> Segments:
    doubles = [found.start() for found in double.finditer(text)]
    units = len(text) + len(doubles)
    if units <= alone:
        return Segments(encoding, 1, units)
    wasted = 0  # units left empty at the end of a segment because the next character needs two
    for before, position in enumerate(doubles):
        if (position + before + wasted) % each == each - 1:
            wasted += 1
    return Segments(encoding, -(-(units + wasted) // each), units)
