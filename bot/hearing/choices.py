"""Hearing a choice: a number of the menu, or a word that stands for one."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from bot.answers import Choice
from bot.errors import NotUnderstood
from bot.hearing.words import ONES, OPTION, POLITE
from bot.text import fold, is_tapback, words
from bot.utility import Utility

Answer = TypeVar("Answer", covariant=True)
Parser = Callable[[str, Utility], Answer]

_YES = (
    "yes|y|yep|yeah|yup|yea|sure|sure thing|of course|ok|okay|correct|confirm|go ahead|do it|yes sir|yes maam|pay it"
    "|yes pay it|si|sip|claro|claro que si|si claro|dale|por supuesto|supuesto|de acuerdo|adelante|confirmo|correcto"
    "|si senor|si senora|paguelo|si paguelo"
)
YES = tuple(_YES.split("|"))
"""Ways to say yes, folded: for a step that gives them a number. None of them works anywhere else, too."""

_BESIDE = POLITE | OPTION | words("now ahora ya")
_NOT_A_CHOICE = re.compile(r"[$%+*/=<>&€£¥@]|-\s*\d|\d\s*[-.,:]\s*\d")


def one_of(highest: int, words: Mapping[str, int] | None = None) -> Parser[Choice]:
    """A parser of the choices 1 to `highest`: "1", "1.", "#1", "option 1", "one", "uno", or one of `words`.

    `words` are folded, and may be phrases ({"pay": 1, "change it": 2}). Saying one thing often is saying it once ("YES
    YES YES"), and "please" or "now" adds nothing; saying two things ("yes no") is not understood, nor is any text with
    a word too many.
    """
    said = {fold(word): number for word, number in (words or {}).items()}
    known = {str(number): number for number in range(1, highest + 1)}
    known |= {word: number for word, number in ONES.items() if number <= highest}
    known |= said

    def choice(text: str, utility: Utility) -> Choice:  # noqa: ARG001 - all parsers are called alike
        folded = fold(text)
        if folded in said:
            return Choice(said[folded])
        if _NOT_A_CHOICE.search(text) or is_tapback(text):
            raise NotUnderstood
        tokens = [token for token in folded.split() if token in known or token not in _BESIDE]
        phrase = " ".join(tokens)
        if phrase in known:
            return Choice(known[phrase])
        meant = {known.get(token) for token in tokens}
        if not meant or None in meant or sum(token.isdigit() for token in tokens) > 1:
            raise NotUnderstood
        if len(meant) > 1:
            raise NotUnderstood("choice.one")
        return Choice(next(number for number in meant if number is not None))

    return choice
