"""Hearing a one-time key, or one of the words that may stand in its place."""

import re

from bot.answers import Key, Word
from bot.errors import NotUnderstood
from bot.hearing.words import COPULA, POLITE, read
from bot.text import fold, words
from bot.utility import Utility

_KEY = re.compile(r"[0-9]{6,8}")
_WORDS = POLITE | COPULA | words("code key pin otp number codigo clave numero verification verificacion security")
_FORM = re.compile(r"[a-z0-9\s\-:#']+[.!]?")

_INSTEAD = {
    "RESEND": "resend|re send|send again|resend key|resend code|resend it|new code|new key|another code|send new code"
    "|send a new code|reenviar|reenvie|reenvia|reenviar clave|reenviar codigo|otra vez|nuevo codigo|nueva clave"
    "|otro codigo",
    "BILL": "bill|use bill|use my bill|my bill|by bill|factura|mi factura|recibo|mi recibo|con factura|con recibo",
    "EMAIL": "email|e mail|by email|email me|email it|use email|correo|correo electronico|por correo|por email",
}
_WORD_OF = {said: Word(name) for name, ways in _INSTEAD.items() for said in ways.split("|")}


def key(text: str, utility: Utility) -> Key:  # noqa: ARG001 - all parsers are called alike
    """Six to eight ASCII digits, spaces and dashes between them forgiven, alone or as "my code is 123456".

    Nothing here is a try: what raises NotUnderstood is not counted as a wrong key.
    """
    plain = read(text)
    if not _FORM.fullmatch(plain):
        raise NotUnderstood
    tokens = re.findall("[a-z0-9]+", plain)
    digits = "".join(token for token in tokens if token.isdigit())
    if not digits or any(not token.isdigit() and token not in _WORDS for token in tokens):
        raise NotUnderstood
    if not _KEY.fullmatch(digits):
        raise NotUnderstood("key.too_short" if len(digits) < 6 else "key.too_long")
    return Key(digits)


def key_or_word(text: str, utility: Utility) -> Key | Word:
    """A key, or RESEND, BILL or EMAIL, in English or Spanish."""
    said = [word for word in fold(text).split() if word not in POLITE]
    return _WORD_OF.get(" ".join(said)) or key(text, utility)
