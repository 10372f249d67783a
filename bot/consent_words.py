"""The words by which people forbid, allow, or ask about our texts (RULES W1 to W7).

The rule for opting out, on every channel but web chat, of a text that is folded first (case, accents, punctuation,
invisible characters and Cyrillic, Greek or small-capital look-alikes no longer matter):

1. The whole text is an opt-out word ("Stop.", "opt-out", "stop all", "S T O P"), or opt-out words and politeness
   ("please stop", "STOP STOP STOP", "alto por favor").
2. Or it only urges us to stop ("I said stop", "can you stop it"): nothing in it names another thing to stop.
3. Or it names our *texts* as the thing to end: stop/quit/no more/don't send + texts or messages; don't text me;
   remove me, take me off the list; unsubscribe me; leave me alone; deje de enviarme mensajes, no me escriba.
4. Never, if the stopping itself is denied ("don't stop"), or if something else is to stop ("stop service at my
   address", "stop payment", "how do I stop my paper bill"): questions for the conversation. A tapback is nobody's.

When in doubt between 2 and 3 and a question, opting out wins: it is confirmed once, and START undoes it.
"""

import re

from bot.names import Channel
from bot.text import fold, is_tapback, words

_OUT = words("stop stopall unsubscribe cancel end quit revoke optout alto parar")  # W1
_OUT |= words("remove arret arrete arrett baja pare paren detener dardebaja darmedebaja")  # vendors, Spanish
_IN = frozenset({"start", "unstop"})
_HELP = words("help info ayuda helpme ayudame ineedhelp necesitoayuda")
_POLITE = words("please pls plz thanks thank you now ok okay hi hey hello por favor ya gracias hola")

_URGE = words("stop stopping parar pare paren alto unsubscribe")
_URGING = _POLITE | words(
    "i said told asked say saying want wanted need to can could will would u just it this that all already"
    " again and yes no immediately right away at once must make fucking damn sir dije digo que quiero puede"
    " pueden lo esto todo ahora mismo inmediatamente basta"
)

_LOOKALIKES = str.maketrans(
    "авсԁенһіјкӏмոоԛрѕтυуѵхαβεικνορτχᴀʙᴄᴅᴇɪᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠʏ",
    "abcdehhijklmnoqpstuyvxabeiknoptxabcdeiklmnoprstuvy",
)

_TEXTS = (
    "(?:texts?|texting|textos?|sms|msgs?|msjs?|messages?|messaging|mensajes?|mensajitos?|notifications?|notificacion(?:es)?"
    "|alerts?|alertas?|reminders?|recordatorios?|avisos?|spam|contacting|bothering|harassing|spamming)"
)
_SUCH = (
    "(?:(?:sending|getting|receiving|send|all|of|the|these|those|this|your|ur|any|anymore|more|further|future|me|us|my|with"
    "|w|text|texts|sms|automated|automatic|bill|billing|payment|annoying|stupid|damn|fucking|to|want|need|wish|like|get"
    "|receive|have|see|de|los|las|sus|estos|esos|mas|tantos|ningun|recibir|recibiendo|enviar|enviarme|enviando|enviandome"
    "|mandar|mandarme|mandando|mandandome|todos|quiero|deseo|el|la|mis|por) ){0,6}"
)
_FREE = re.compile(
    r"\b(?:"
    rf"(?:stop|quit|cease|end|cancel|halt|no more|no mas|(?:do not|dont|no longer|never)"
    r"(?= (?:want|wish|need|like|send)\b)"
    rf"|no(?= (?:quiero|deseo|necesito))|unsubscribe(?: me)? from|opt(?: me)? out of|dej[ea]n? de|par[ea]n? de"
    rf"|no me (?:envie|envies|envien|mande|mandes|manden)) {_SUCH}{_TEXTS}\b"
    r"|(?:do not|dont) (?:ever )?(?:text|message|msg|contact|sms) (?:me|us|this number|here)\b"
    r"(?! (?:the|a|an|my|that|when|until|till|if|yet|before|after|at|on|while|during|about)\b)"
    r"|never (?:text|message|contact) me (?:again|anymore|ever)\b"
    r"|(?:stop|quit) (?:writing|messaging|calling)(?: to)? (?:me|us|this number)\b"
    r"|leave me alone\b|lose my number\b|(?:delete|remove|erase) (?:my|this) (?:phone )?number\b"
    r"|(?:remove|take) (?:me|us) (?:off|from)(?: of)? (?:(?:the|this|your|ur|all|any|that|text|texting|sms|mailing"
    r"|contact|phone|calling) )*(?:lists?|texts?|messages?|sms|database|system)\b"
    r"|(?:revoke|withdraw) (?:my |all )?consent\b|revoco mi consentimiento\b"
    r"|no me (?:escrib[ae]s?|escriban|textee[sn]?|molestes?|molesten|contacten?)\b"
    r"|dej[ea]n? de (?:escribir|textear|molestar)(?:me)?\b"
    r"|(?:quite|quiten|saque|saquen|borre|borren|elimine|eliminen)me de (?:la|su|esta|esa) lista\b"
    r"|borr[ea]n? mi numero\b"
    r")"
)
_WHOLE = re.compile(
    r"(?:(?:please|pls|i|id|want|would|like|need|wish|to|can|could|you|just|quiero|deseo|por|favor) )*"
    r"(?:remove (?:me|us)|take me off|unsub|unsubscribe(?: (?:me|us|this number))?|opt(?: me| us)? out"
    r"|(?:dar|de|den)me de baja|(?:quite|quiten|saque|saquen|borre|borren|elimine|eliminen)me"
    r"|no me (?:mande|manden|envie|envien) mas|dej[ea]n? de (?:enviar|mandar)me)"
    r"(?: (?:please|pls|now|thanks|por favor|gracias|ya))*"
)
_DENIED = re.compile(
    r"\b(?:dont|do not|never|not|didnt|doesnt) (?:\w+ )?(?:stop|quit|end|cancel|unsubscribe|remove|opt)\b"
    r"|\bno (?:pare|paren|deje|dejen|dejes) de\b"
)
_HINTS = words(
    "stop stopping quit cease end cancel halt more mas dont not longer never no ya unsubscribe unsub opt deje"
    " deja dejen dejan pare paren para paran leave lose delete remove erase take revoke withdraw revoco quiteme"
    " quitenme saqueme saquenme borreme borrenme elimineme eliminenme borre borren darme deme denme alto parar"
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
    return _all_of(said, _OUT) or _urges(said) or _asks(" ".join(said))


def is_opt_in(text: str) -> bool:
    """START or UNSTOP (W4). A bare YES is an answer, never read as opting in."""
    return _all_of(_words(text), _IN)


def is_help(text: str) -> bool:
    """HELP, INFO, AYUDA (W6), with or without politeness around it."""
    return _all_of(_words(text), _HELP)


def _words(text: str) -> list[str]:
    folded = fold(text)
    return (folded if folded.isascii() else fold(folded.translate(_LOOKALIKES))).split()


def _all_of(said: list[str], meaning: frozenset[str]) -> bool:
    """Whether these are words of one meaning, however spaced or repeated, and politeness at most."""
    if "".join(said) in meaning:
        return True
    left = [word for word in said if word not in _POLITE]
    return bool(left) and ("".join(left) in meaning or meaning.issuperset(left))


def _urges(said: list[str]) -> bool:
    return not _URGE.isdisjoint(said) and all(word in _URGE or word in _URGING for word in said)


def _asks(folded: str) -> bool:
    if _DENIED.search(folded):
        return False
    return _FREE.search(folded) is not None or _WHOLE.fullmatch(folded) is not None
