"""Helpers of the hearing tests: hear a text as the program does, cleaned first."""

from hypothesis import strategies as st

from bot.errors import NotUnderstood
from bot.text import clean
from tests.cast import PRAIRIE

anything = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
typed = st.text("0123456789 .,-$/#'()abeopnv\n٣½²é", max_size=30)
"""Text nearer to what parsers accept than any text is."""


def heard(parser, raw, utility=PRAIRIE):
    """The answer, or "?" and the name of the sentence that helps. Any other exception is a fault."""
    try:
        return parser(clean(raw), utility)
    except NotUnderstood as misunderstood:
        return f"?{misunderstood.say}"


def understood(answer):
    return not isinstance(answer, str)
