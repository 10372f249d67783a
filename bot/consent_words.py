"""The words by which people forbid, allow, or ask about our texts (RULES W1 to W7).

The rule for opting out, on every channel but web chat, of a text that is folded first (case, accents, punctuation,
invisible characters, Cyrillic, Greek or small-capital look-alikes and misspelt opt-out words no longer matter):

1. The whole text is an opt-out word ("Stop.", "opt-out", "stop all", "S T O P"), or opt-out words and politeness
   ("please stop", "STOP STOP STOP", "alto por favor").
2. Or it only urges us to stop ("I said stop", "can you stop it"): nothing in it names another thing to stop.
3. Or it names our *texts* as the thing to end: stop/quit/no more/don't send + texts or messages; don't text me;
   remove me, take me off the list; unsubscribe me; leave me alone; deje de enviarme mensajes, no me escriba.
4. Or it breaks off: stop stands at its beginning or end, as a sentence of its own or beside words of somebody who is
   not the one we mean ("wrong number stop", "STOP. Who is this?"), and nothing in it names another thing to stop.
5. Never, if the stopping itself is denied ("don't stop"), or if something else is to stop ("stop service at my
   address", "stop payment", "how do I stop my paper bill"): questions for the conversation. A tapback is nobody's.

When in doubt between these and a question, opting out wins: it is confirmed once, and START undoes it.
"""

import re

from bot.names import Channel
from bot.stop_wording import POLITE, forbids
from bot.text import fold, is_tapback, words

_OUT = words("stop stopall unsubscribe cancel end quit revoke optout alto parar")  # W1
_OUT |= words("remove arret arrete arrett baja pare paren detener dardebaja darmedebaja")  # vendors, Spanish
_IN = frozenset({"start", "unstop"})
_HELP = words("help info ayuda helpme ayudame ineedhelp necesitoayuda")

_MISSPELT = re.compile(
    r"(?P<stop>s+t+o+p+|stpo|sotp|tsop)"
    r"|uns(?:u[bsc]{1,3}|[bsc]{1,2})[rci]{1,3}be?|de[sz]usc?ri(?:bir|birme|banme|bame|ba)"
)
_LOOKALIKES = str.maketrans(
    "авсԁенһіјкӏмոоԛрѕтυуѵхαβεικνορτχᴀʙᴄᴅᴇɪᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠʏ",
    "abcdehhijklmnoqpstuyvxabeiknoptxabcdeiklmnoprstuvy",
)
_SENTENCE = re.compile(r"[.,;:!?\n]+")

_HINTS = words(
    "stop stopping quit cease end cancel halt more mas dont not longer never no ya unsubscribe unsub opt deje"
    " deja dejen dejan dejar dejo pare paren para paran leave lose delete remove erase take revoke withdraw revoco"
    " quiteme quitenme saqueme saquenme borreme borrenme elimineme eliminenme borra borrar borre borren elimina"
    " eliminar elimine eliminen quita quitar quite quiten saque saquen sacar darme darse deme denme dar alto parar"
    " basta anular cancelar"
)


def is_opt_out(text: str, channel: Channel) -> bool:
    """Whether this text opts its sender out (W1, W2). Never on web chat, where "cancel" just cancels (W7)."""
    if channel == "web":
        return False
    said = _words(text)
    if "".join(said) in _OUT:
        return True
    if _HINTS.isdisjoint(said) or is_tapback(text):
        return False
    return _all_of(said, _OUT) or forbids([found for part in _SENTENCE.split(text) if (found := _words(part))])


def is_opt_in(text: str) -> bool:
    """START or UNSTOP (W4). A bare YES is an answer, never read as opting in."""
    return _all_of(_words(text), _IN)


def is_help(text: str) -> bool:
    """HELP, INFO, AYUDA (W6), with or without politeness around it."""
    return _all_of(_words(text), _HELP)


def _words(text: str) -> list[str]:
    folded = fold(text)
    said = (folded if folded.isascii() else fold(folded.translate(_LOOKALIKES))).split()
    return [_meant(word) for word in said]


def _meant(word: str) -> str:
    """The opt-out word that a misspelt one was meant to be."""
    found = _MISSPELT.fullmatch(word)
    if found is None:
        return word
    return "stop" if found["stop"] else "unsubscribe"


def _all_of(said: list[str], meaning: frozenset[str]) -> bool:
    """Whether these are words of one meaning, however spaced or repeated, and politeness at most."""
    if "".join(said) in meaning:
        return True
    left = [word for word in said if word not in POLITE]
    return bool(left) and ("".join(left) in meaning or meaning.issuperset(left))
