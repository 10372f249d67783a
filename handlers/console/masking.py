"""What a log line may not show, whoever wrote it: numbers, addresses, keys, tokens and links (RULES P1, S9).

The second net: nothing that needs masking should be logged at all. It hides too much rather than too little.
"""

import re
import unicodedata

LONGEST = 2000
"""Characters of a text that are looked at, and shown, at most: an error may quote a whole page."""

# In this order: a link is cut before its digits are hidden. One pass of each over a line of some hundred characters.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"://[^\s/@\"']*@"), "://"),
    (re.compile(r"(://[^\s/?#\"']*)[/?#][^\s\"']*"), r"\1/[hidden]"),
    (re.compile(r"/([pr])/[^\s/?\"']+"), r"/\1/[hidden]"),
    (re.compile(r"\?[^\s\"'?]*=[^\s\"']*"), "?[hidden]"),
    (re.compile(r"[^\s@<>\"',;:=(]{1,64}@[^\s@<>\"',;:)]{1,255}"), "[email]"),
    (re.compile(r"\b(?:sk|rk|pk|whsec|plink|cs|pi|bearer|basic)[_ ][A-Za-z0-9_+/=-]{6,}", re.IGNORECASE), "[secret]"),
)
# Five digits or more, also in groups, as people and cards write them: "4242 4242 4242 4242", "(217) 555-0123". What
# looks like an IPv4 address is let through.
_NUMBER = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])|\+?[(]?\d(?:[ .,()\-/]{0,2}\d){4,}")


def mask(text: str) -> str:
    """`text` with numbers (in digits of any script), emails, secrets and the paths of links hidden, cut at LONGEST."""
    if len(text) > LONGEST:
        text = text[:LONGEST] + "..."
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", text)
        text = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return _NUMBER.sub(lambda found: found[1] or "[number]", text)
