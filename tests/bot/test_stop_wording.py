"""Plain wording that forbids our texts, and wording that sounds like it but is about something else (RULES W2)."""

import pytest

from bot.consent_words import is_opt_out
from bot.text import clean

FORBIDS = """Stop sending these|stop please i am not eli|wrong number stop|enough, stop|basta de mensajes|unsuscribe
unsubcribe|borrar mi numero|eliminar mi numero|dejar de recibir mensajes|darse de baja|Stop sending me this
stop sending stuff|stop sending me codes|please stop sending these to me|stop sending things to my phone
quit sending me these|STOP I am not Eli|Stop, I don't know you|wrong number, please stop|Wrong number. Stop.
wrong person stop|sorry wrong number stop|not me stop|this is not eli stop|this isn't my number stop
I never signed up stop|STOP who is this|who is this? STOP|who are you. stop!|enough stop|Enough! Stop!
ok enough already stop|stop, enough|stop this is spam|this is spam stop|I'm not interested. Stop|not interested stop
stop not interested|hey stop|stop bro|stop it please|just stop already|stop! stop! stop!|you need to stop
No thanks. Stop|no thank you, stop|stop. wrong house|stop you have the wrong number|stop u got the wrong person
stop sending|STOP!! You have the wrong number|stop please, this is my work phone|stopp|stoppp|stpo|sotp|unsubscibe
unsubsribe|unsubscrib|unsubscirbe|please unsubcribe|unsuscribe me|unsubscribe please|UNSUSCRIBE ME PLEASE
no texts please|no more texting|stop text messages|stop text alerts please|cancel text alerts|cancel these texts
stop sms|no messages please|stop texting me payment links|stop the text service|end text messages
do not send me any more codes|don't send me these|i don't want these codes|Remove my number|delete my number please
erase this number|take me off this list|No, pare|no, stop|basta|ya basta|basta ya|basta de textos|¡Basta de mensajes!
basta por favor|paren de mandar mensajes|para de mandar mensajes|dejar de enviar mensajes
quiero dejar de recibir mensajes|deseo dejar de recibir textos|borren mi número|elimine mi número
quiero eliminar mi número|por favor borrar mi numero|quite mi número|eliminar mi numero de la lista|darme de baja
quiero darme de baja de los mensajes|darse de baja por favor|no me manden nada|ya no me manden nada
no me envíen nada más|deje de mandarme esto|dejen de mandarme códigos|deje de enviarme cosas|no me molesten
número equivocado, alto|numero equivocado no me escriban|se equivocó de número, pare|no soy eli, pare|alto, no soy eli
pare por favor, no soy Eli|no quiero recibir nada de ustedes|no quiero mensajes|ya no quiero sus mensajes
alto a los mensajes|para ya|para por favor|cancelar mensajes|cancelar los mensajes por favor|desuscribir|desuscribirme
quiero desuscribirme|anular suscripción a mensajes"""

OTHER = """cancel the text payment link|cancel text payment|cancel the text link|cancel the message i sent
stop the text payment|cancel the payment you sent by text|stop service|stop service at my address|stop my service
stop payment|stop my payment|Stop, I typed the wrong amount|stop, go back|stop. menu|stop, I want to pay 50
wait stop that is the wrong amount|stop 50|stop wrong account|wrong account stop|stop my bill|stop billing me
stop charging me|stop the late fees|stop my autopay|autopay stop|please stop my autopay|i want my autopay to stop
stop sending paper bills|stop sending me paper bills|stop mailing|stop sending letters
stop sending me the bill by mail|stop sending bills to my old address|stop sending my bill to eli|stop sending emails
please stop electricity on dec 1|stop gas|stop my water|stop the shutoff|stop shutting off my power|don't stop
do not stop|never stop|please don't stop|Don't. stop my power|no pare|no paren|no deje de mandar mensajes|bus stop
where is the bus stop|next to the bus stop|non stop|nonstop|can I stop by|can I stop by your office|stop by tomorrow?
stop in to pay|does the fee ever stop|when does service stop|when will the outage stop|how do I get the leak to stop
how do I stop my paper bill|how do I stop paperless|did you stop texting me?|why did you stop texting me
when did you stop sending texts|why did you stop sending me reminders|did you stop sending alerts|stop loss
stop sign is down|stop light is out|one stop shop|cancel it|cancel my payment|cancel my order|cancel service
cancel payment link|end service|end my service|quit my service|remove my number from my account
remove my phone number from the account|delete my account number|delete my card|remove my card
remove eli from my account|remove me from the account|delete my number and use this one|unsubscribe from autopay
what does stop do|what does STOP do?|do i text stop?|if I reply stop what happens|enough money|is 50 enough|not enough
wrong number|wrong key|i am not eli|I'm not Eli|wrong person|who is this|who are you|no thanks|not interested|spam?
is this spam|is this a scam|no|no text|no messages|I got no messages|i did not get any messages|I don't get your texts
where are these texts from|resend the text|send the text again|don't send it yet|do not send the key by text
don't send a letter|I do not want to pay|i don't want paper bills|leave it|borrar mi numero de cuenta
eliminar mi tarjeta|borrar mi cuenta|eliminar mi numero de cuenta|eliminar el pago|dar de baja mi servicio
darse de baja del servicio|darme de baja del pago automatico|quiero darme de baja de la luz|dejar de pagar
dejar de recibir facturas|dejar de recibir factura en papel|deje de cobrarme|no me manden la factura por correo
no me mande la factura|pare el servicio|paren el corte|parar el pago|para pagar|para mi mama|es para mi|para que
para cuando|basta con 50|con 50 basta|alto consumo|es muy alto|el recibo es muy alto|por que es tan alto
mi factura salio alto|cancelar el pago|cancelar mi cuenta|quiero cancelar|cancelar el enlace|no recibi mensajes
no me llegan los mensajes|por qué dejaron de mandarme mensajes|no me mandaron nada|no me ha llegado nada
no quiero pagar|no quiero nada más que pagar|no soy eli|numero equivocado|equivocado"""


def phrases(block):
    return [text for line in block.split("\n") for text in line.split("|")]


def test_there_are_more_than_sixty_of_each():
    assert len(phrases(FORBIDS)) > 60 and len(phrases(OTHER)) > 60


@pytest.mark.parametrize("text", phrases(FORBIDS))
def test_this_forbids_our_texts(text):
    assert is_opt_out(clean(text), "sms")


@pytest.mark.parametrize("text", phrases(OTHER))
def test_this_is_about_something_else(text):
    assert not is_opt_out(clean(text), "sms")


def test_a_new_line_ends_a_sentence_too():
    assert is_opt_out(clean("Stop\nWrong number"), "sms")
