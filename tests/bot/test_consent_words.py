"""The words of consent (RULES W1 to W7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consent_words import is_help, is_opt_in, is_opt_out
from bot.text import clean, words
from tests.bot.oracles import MISSING, load

W1 = sorted(words("stop stopall unsubscribe cancel end quit revoke optout alto parar"))
VENDORS = (load("optout-keywords/keywords.json") or {"sources": {}})["sources"]
NOT_FOR_US = {"TD"}  # one vendor's word for Canada; here it is a bank
VENDOR_WORDS = sorted({word for vendor in VENDORS.values() for word in vendor["opt_out"]} - NOT_FOR_US)
ATTACKS = {attack["id"]: attack["input"] for attack in load("attacks.json")}

OPT_OUT = """Stop.|stop all|STOP-ALL|opt out|opt-out|OptOut|S T O P|stop!!!|STOP STOP STOP|STOP\u00a0|stop 🛑|"STOP"
remove|S\u200bT\u200bO\u200bP|\uff33\uff34\uff2f\uff30|ЅТОР|ꜱᴛᴏᴘ|𝐒𝐓𝐎𝐏|🅂🅃🄾🄿|please stop|STOP PLEASE|stop now
please cancel|stop texting me|quit texting|stop sending me messages|stop the texts|stop all messages|stop it
I said stop|I SAID STOP!!|can you stop|will you please stop texting me|do not text me|don't text me again
dont text me anymore
stop spam|Please do not contact me|I don't want these texts|i don't want to receive any more messages
no more texts please
no longer wish to receive texts|take me off your list|remove me|remove me from this list|unsubscribe me|leave me alone
I want to opt out|opt me out|lose my number|stop bothering me|never text me again|I revoke my consent|make it stop
how do I stop these texts|stop payment reminders|please remove my number|opt out of texts
unsubscribe from these messages
no más mensajes|deje de enviarme mensajes|alto por favor|ya no quiero recibir mensajes|no quiero más mensajes
baja|pare
no me escriba más|no me mande más mensajes|no me envíe más mensajes|dejen de mandar mensajes|quíteme de la lista
quiero darme de baja|dejen de escribirme|deja de mandarme mensajes|no, stop"""

NOT_OPT_OUT = """Don't stop|do not stop|please don't stop|don't stop texting me|no dejen de enviarme mensajes
stop service at my address|stop payment|stop my payment|how do I stop my paper bill|cancel my payment|cancel it|unstop
stop the power shutoff|stop autopay|I want to cancel my service|remove me from autopay|opt out of paperless|bus stop
unsubscribe from paper bills|the end|when does it end|end of month|Liked “Reply STOP to opt out”|para|cancelar
Msg&Data rates may apply. Reply STOP to opt out|you did not text me the link|didn't get the text|no recibi el mensaje
don't text me the link|i did not get a text|resend the message|send me a text|dar de baja el servicio|no más
no me enviaron el codigo|deje de enviarme la factura en papel|no quiero pagar|can I pay more|I need more time
1|pay|50|yes|no|start|help|all|full|back|restart|menu|bill|email|resend|no, 50|take 50 off|no longer live here|"""


def lines(block):
    return [text for line in block.split("\n") for text in line.split("|")]


@pytest.mark.parametrize("text", lines(OPT_OUT) + W1)
def test_this_opts_out(text):
    assert is_opt_out(clean(text), "sms")


@pytest.mark.parametrize("text", lines(NOT_OPT_OUT))
def test_this_does_not_opt_out(text):
    assert not is_opt_out(clean(text), "sms")


@pytest.mark.skipif(not VENDORS, reason=MISSING)
def test_every_word_of_the_vendors_opts_out():
    assert [word for word in VENDOR_WORDS if not is_opt_out(word, "sms")] == []


@pytest.mark.skipif(not VENDORS, reason=MISSING)
def test_every_opt_in_word_of_the_vendors_is_known_but_yes():
    words = {word for vendor in VENDORS.values() for key, said in vendor.items() if "opt_in" in key for word in said}
    assert {word for word in words if not is_opt_in(word)} == {"YES"}


@given(st.sampled_from(W1), st.text(" .!-'\u200b\u00a0\n,*", max_size=4), st.data())
def test_an_opt_out_word_counts_in_any_case_and_punctuation(word, noise, data):
    cased = "".join(data.draw(st.sampled_from([letter, letter.upper()])) for letter in word)
    assert is_opt_out(clean(noise + cased + noise), data.draw(st.sampled_from(["sms", "whatsapp"])))


@pytest.mark.parametrize("text", [*W1, "please stop", "stop texting me"])
def test_on_web_chat_nothing_opts_out(text):
    assert not is_opt_out(text, "web")


@pytest.mark.parametrize("text", ["START", "start.", "Unstop", "please start", "ＳＴＡＲＴ"])
def test_this_opts_in(text):
    assert is_opt_in(clean(text))


@pytest.mark.parametrize("text", ["yes", "sí", "restart", "start over", "don't start", "pay", ""])
def test_this_does_not_opt_in(text):
    assert not is_opt_in(clean(text))


@pytest.mark.parametrize("text", ["HELP", "help!", "Info", "¡Ayuda!", "help please", "help me", "necesito ayuda"])
def test_this_asks_for_help(text):
    assert is_help(clean(text))


@pytest.mark.parametrize("text", ["no help", "helpful", "information", "pay", ""])
def test_this_does_not_ask_for_help(text):
    assert not is_help(clean(text))


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize(
    "attack", ["X017", "X019", "X023", "X025", "X153", "X155", "X157", "X159", "X161", "X163", "X167"]
)
def test_an_attack_that_means_stop_opts_out(attack):
    assert is_opt_out(clean(ATTACKS[attack]), "sms")


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
def test_every_other_attack_does_not_opt_out():
    stops = {"X017", "X019", "X023", "X025", "X153", "X155", "X157", "X159", "X161", "X163", "X167", "X029"}
    assert [id for id, text in ATTACKS.items() if id not in stops and is_opt_out(clean(text), "sms")] == []


@given(st.text())
def test_any_text_is_either_consent_or_not(text):
    assert not (is_opt_in(text) and is_opt_out(text, "sms"))
