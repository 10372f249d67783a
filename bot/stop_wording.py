"""Plain wording that forbids our texts (RULES W2), told from wording about a service, a payment or a bill.

All of it is read from words folded by `bot.text.fold`; a misspelt STOP or UNSUBSCRIBE was put right before. A sentence
forbids our texts if it names them ("stop texting me"), or is nothing but a demand to be left alone ("unsubscribe me"),
or breaks off: it begins or ends with stop, and beside that only tells us that we have the wrong person, or that it is
enough. Nothing does that denies the stopping ("don't stop", "why did you stop").
"""

import re

from bot.text import words

POLITE = words("please pls plz thanks thank you now ok okay hi hey hello por favor ya gracias hola")
"""Words that may stand beside any demand."""

_STOP = words("stop stopping parar pare paren alto unsubscribe")
_URGING = POLITE | words(
    "i said told asked say saying want wanted need to can could will would u just it this that all already enough"
    " again and yes no immediately right away at once must make fucking damn sir dude bro man guys lady dije digo"
    " que quiero puede pueden lo esto todo ahora mismo inmediatamente basta"
)

_TEXTS = (
    "(?:texts?|texting|textos?|sms|msgs?|msjs?|messages?|messaging|mensajes?|mensajitos?|notifications?|notificacion(?:es)?"
    "|alerts?|alertas?|reminders?|recordatorios?|avisos?|spam|contacting|bothering|harassing|spamming)\\b"
    "(?! (?:payments?|pay|paying|links?|bills?|orders?|receipts?|plan|codes?|keys?|charges?|fees?"
    "|de (?:pago|corte|cobro)|(?:that |which )?(?:i|you) (?:just |have )?(?:sent|send|wrote|typed))\\b)"
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
    rf"|no(?= (?:quiero|deseo|necesito))|unsubscribe(?: me)? from|opt(?: me)? out of|dej(?:[ea]n?|ar|o) de|par[ea]n? de"
    r"|alto (?:a|con)|cancelar|basta de|de baja|(?:anular|cancelar) (?:la |mi )?suscripcion a"
    rf"|no me (?:envie|envies|envien|mande|mandes|manden)) {_SUCH}{_TEXTS}"
    r"|(?:do not|dont) (?:ever )?(?:text|message|msg|contact|sms) (?:me|us|this number|here)\b"
    r"(?! (?:the|a|an|my|that|when|until|till|if|yet|before|after|at|on|while|during|about)\b)"
    r"|never (?:text|message|contact) me (?:again|anymore|ever)\b"
    r"|(?:stop|quit) (?:writing|messaging|calling)(?: to)? (?:me|us|this number)\b"
    r"|leave me alone\b|lose my number\b"
    r"|(?:delete|remove|erase) (?:my|this) (?:phone |cell )?number\b"
    r"(?! (?:from (?:\w+ )?(?:account|bill|autopay|profile|file)|and|on|i|to|for|with)\b)"
    r"|(?:remove|take) (?:me|us) (?:off|from)(?: of)? (?:(?:the|this|your|ur|all|any|that|text|texting|sms|mailing"
    r"|contact|phone|calling) )*(?:lists?|texts?|messages?|sms|database|system)\b"
    r"|(?:revoke|withdraw) (?:my |all )?consent\b|revoco mi consentimiento\b"
    r"|no me (?:escrib[ae]s?|escriban|textee[sn]?|molestes?|molesten|contacten?)\b"
    r"|dej[ea]n? de (?:escribir|textear|molestar)(?:me)?\b"
    r"|(?:quite|quiten|saque|saquen|borre|borren|elimine|eliminen)me de (?:la|su|esta|esa) lista\b"
    r"|(?:(?:borr|elimin|quit)(?:[ea]n?|ar)|saque|saquen|sacar|de baja) (?:mi|este) numero\b"
    r"(?! (?:de(?! (?:la|su|sus|esta) (?:lista|sistema|base))|y|en|para|por)\b)"
    r")"
)

_THESE = (
    "(?:these|those|this|that|it|them|me|us|all|any|more|anymore|stuff|things?|crap|junk|anything|codes?|keys?|links?)"
)
_TAIL = (
    "(?: (?:to|on|here|me|us|my|this|phone|cell|number|again|anymore|already|every day|all day|all the time|so many))*"
)
_ESTO = "(?:esto|eso|estos|esos|estas|cosas|codigos|claves|enlaces|tantos|tantas|mas|nada|los|las)"
_WHOLE = re.compile(
    r"(?:(?:please|pls|i|id|want|would|like|need|wish|to|can|could|you|just|quiero|deseo|por|favor|ya) )*"
    r"(?:remove (?:me|us)|take me off|unsub|unsubscribe(?: (?:me|us|this number))?|opt(?: me| us)? out"
    r"|(?:dar|de|den)(?:me|se) de baja|(?:quite|quiten|saque|saquen|borre|borren|elimine|eliminen)me|basta"
    rf"|(?:stop|quit) sending(?: {_THESE})*{_TAIL}"
    rf"|(?:do not|dont|never) send(?: me| us)? (?:these|those|this|stuff|any ?more|anything)(?: {_THESE})*{_TAIL}"
    rf"|(?:do not|dont) want (?:to (?:get|receive) )?(?:these|those|any ?more|more)(?: {_THESE})*{_TAIL}"
    r"|no (?:texts|text messages|messages|sms) (?:please|pls|to me|to this number|to my phone)"
    rf"|no me (?:mande|mandes|manden|envie|envies|envien)(?: {_ESTO})+"
    rf"|no (?:quiero|deseo) (?:recibir|que me (?:manden|envien))(?: {_ESTO})*(?: de ustedes)?"
    rf"|dej[ea]n? de (?:enviar|mandar)(?:me)?(?: {_ESTO})*"
    r"|para (?:ya|por favor))"
    r"(?: (?:please|pls|now|thanks|por favor|gracias|ya))*"
)

_DENIED = re.compile(
    r"\b(?:(?:dont|do not|never|didnt|doesnt) (?:\w+ )?|not (?:to |ever |yet |really )?)"
    r"(?:stop|quit|end|cancel|unsubscribe|remove|opt)\b"
    r"|\b(?:did|have|has|when|why) (?:(?:do|did|does|have|has|you|u|they|it|guys|all|just|already|ever) )*stop\b"
    r"|\bno (?:pare|paren|pares)\b|\bno (?:deje|dejen|dejes) de\b"
)

# What else a person may want to stop, and what a person says who stops to do something else in our conversation.
_OTHER_THINGS = words(
    "service services servicio power electricity electric gas water light lights luz agua energy internet meter shutoff"
    " shut shutting cutoff disconnect disconnection outage leak crew truck visit corte pay paying paid payment payments"
    " pago pagos pagar autopay auto automatic automatico draft plan bill bills billing billed invoice statement factura"
    " facturas recibo recibos paper paperless papel mail mailing mailed letter letters email emails correo account"
    " accounts cuenta charge charges charging charged fee fees late interest balance saldo due owe owed cargo cargos"
    " cobrar cobro check checks cheque bank banco card tarjeta amount monto cantidad sum total dollars cents address"
    " direccion zip code codigo key clave link enlace button back menu start over restart agent human call help wait"
    " hold oops mistake typed typo error change other instead date receipt order by in at bus sign non pit"
)
_STRANGER = re.compile(
    r"\b(?:wrong (?:number|person|phone|guy|man|lady|house|cell)"
    r"|(?:(?:i am|im|this is|its|it is|he is|hes|she is|shes|we are) not|isnt)"
    r"(?! (?:right|correct|what|working|enough|done|ready|sure|it|the right)\b)"
    r"|not (?:me|interested)|who (?:is|are|r)|whos|dont (?:know|have)|never (?:signed|asked|gave|heard)"
    r"|didnt (?:sign|ask|give)|sick of|tired of|spam|scam|harassing|bothering|annoying"
    r"|no soy|no es mi|equivocad[oa]|se equivoco|no (?:lo |la |los )?conozco)\b"
)


def urges(said: list[str]) -> bool:
    """Whether this says stop, and nothing else that means anything ("I said stop", "can you stop it")."""
    return not _STOP.isdisjoint(said) and all(word in _STOP or word in _URGING for word in said)


def forbids(sentences: list[list[str]]) -> bool:
    """Whether these sentences, each a list of folded words, forbid our texts."""
    if any(_DENIED.search(" ".join(said)) for said in sentences):
        return False
    said = [word for sentence in sentences for word in sentence]
    whole = " ".join(said)
    named = _FREE.search(whole) is not None or _WHOLE.fullmatch(whole) is not None
    return named or urges(said) or _breaks_off(sentences, said)


def _breaks_off(sentences: list[list[str]], said: list[str]) -> bool:
    if not _OTHER_THINGS.isdisjoint(said) or any(word.isdigit() for word in said):
        return False
    if urges(sentences[0]) or urges(sentences[-1]):
        return True
    around = [word for word in said if word not in POLITE]
    ends = around[:1] + around[-1:]
    return not _STOP.isdisjoint(ends) and _STRANGER.search(" ".join(said)) is not None
