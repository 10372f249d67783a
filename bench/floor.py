"""The floor: the least that any bot behind Twilio does. It proves the signature, does one GET and one SET, answers.

Served with our own gunicorn settings and our own Redis client, it tells what a turn of ours costs beyond that.
"""

import hashlib
import os
from collections.abc import Mapping

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from handlers.sessions.redis_client import connect

SESSION_BYTES = 400  # about what a session of ours holds when an amount is asked for
ANSWER = "Account ...5678 owes $84.20, due Dec 12. Reply 1 to pay it all, or a sum like 50."


def floor(environ: Mapping[str, str]) -> Flask:
    """The app, from the same environment as ours."""
    made = Flask(__name__)
    validator = RequestValidator(environ["TWILIO_AUTH_TOKEN"])
    url = environ["PUBLIC_BASE_URL"] + "/sms"
    client = connect(environ["REDIS_URL"])
    hash_key = environ["SECRET_KEYS"].encode()[:64]
    ttl = int(environ["SESSION_TTL_SECONDS"])

    @made.post("/sms")
    def sms() -> Response:
        if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
            abort(403)
        key = "floor:" + hashlib.blake2b(request.form["From"].encode(), key=hash_key, digest_size=16).hexdigest()
        session = client.get(key) or b"x" * SESSION_BYTES
        client.set(key, session, ex=ttl)
        answer = MessagingResponse()
        answer.message(ANSWER)
        return Response(str(answer), mimetype="text/xml")

    return made


app = floor(os.environ)
