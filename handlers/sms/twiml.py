"""What Twilio reads back: each text of a reply as one `<Message>`, escaped by Twilio's own library."""

from flask import Response
from twilio.twiml.messaging_response import MessagingResponse

from bot.message import Reply


def render(reply: Reply) -> Response:
    """The reply as TwiML; no texts make an empty `<Response />`, which sends nothing."""
    twiml = MessagingResponse()
    for text in reply.texts:
        twiml.message(text)
    return Response(twiml.to_xml(), content_type="text/xml; charset=utf-8")
