"""The words that work anywhere. They are tried only after the step's own answers, so they never swallow one."""

from collections.abc import Mapping, Sequence
from typing import Literal

Anywhere = Literal["menu", "back", "restart", "agent", "english", "spanish", "done", "thanks"]

# Folded (`bot.text.fold`): small letters, no accents, no punctuation. English and Spanish are always both understood.
_SAID: Mapping[Anywhere, tuple[str, ...]] = {
    "menu": ("menu", "hi", "hello", "hola", "main", "home", "inicio", "start"),
    "back": ("back", "go back", "previous", "atras", "volver"),
    "restart": ("restart", "start over", "reiniciar", "empezar de nuevo"),
    "agent": ("agent", "person", "human", "representative", "operator", "call", "agente", "persona", "llamar"),
    "english": ("english", "ingles"),
    "spanish": ("spanish", "espanol"),
    "thanks": ("thanks", "thank you", "thx", "gracias", "muchas gracias"),
    "done": ("done", "bye", "goodbye", "log out", "logout", "adios", "listo", "terminar"),
}
WORDS: Mapping[str, Anywhere] = {word: action for action, words in _SAID.items() for word in words}

LANGUAGES: Mapping[Anywhere, str] = {"english": "en", "spanish": "es"}


def starters(words_by_flow: Mapping[str, Mapping[str, Sequence[str]]]) -> Mapping[str, tuple[str, str]]:
    """From each flow's own words to `(flow, language)`. Raises ValueError when a word would mean two things."""
    found: dict[str, tuple[str, str]] = {}
    for flow, by_language in words_by_flow.items():
        for language, words in by_language.items():
            for word in words:
                if word in found or word in WORDS:
                    raise ValueError(f"{word} already means something")
                found[word] = (flow, language)
    return found
