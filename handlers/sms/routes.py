"""What Twilio posts to us: `/sms`, a text that somebody sent, and `/sms/status`, what became of one of ours."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, request

from bot.errors import Unavailable
from bot.message import Message, Reply
from bot.names import Address
from bot.ports import Chance
from bot.utility import Utility
from handlers.edge import reference, refuse
from handlers.sms.form import Form, read_form
from handlers.sms.inbound import ADDRESS, SID, address, parse
from handlers.sms.signature import Signature
from handlers.sms.twiml import render

log = logging.getLogger("guestpay.sms")

_ACCOUNT = re.compile(r"AC[0-9A-Za-z]{1,40}")
_STATUS = re.compile(r"[a-z_]{1,20}")
_ERROR = re.compile(r"[0-9]{1,6}")
_OUTBOX_ID = re.compile(r"[0-9]{1,18}")


def sms_routes(
    *,
    hear: Callable[[Message], Reply],
    record_status: Callable[..., None],
    utilities_by_number: Mapping[str, Utility],
    account_sid: str,
    auth_tokens: Sequence[str],
    public_base_url: str,
    sorry: Callable[[Utility, str | None], str],
    chance: Chance,
    failed: Callable[[str], None],
) -> Blueprint:
    """The blueprint with `POST /sms` and `POST /sms/status`.

    `record_status(sid=, status=, error_code=, outbox_id=, to=)` keeps a delivery report. `sorry(utility, reference)`
    is the sentence for a turn that failed; without a reference, because a counterpart is away and it will pass.
    `failed(reason)` counts those turns. What is not signed or not well formed is refused (`handlers.edge`).
    """
    signature = Signature(auth_tokens, public_base_url)
    routes = Blueprint("sms", __name__)

    def proven() -> Form:
        form = read_form(request)
        signature.require(request, form)
        if form.one("AccountSid", _ACCOUNT) != account_sid:
            refuse(403, "account")
        return form

    def answer(message: Message, utility: Utility) -> Reply:
        try:
            return hear(message)
        except Unavailable:
            log.warning("unavailable", extra={"utility": utility.name}, exc_info=True)
            failed("unavailable")
            return Reply((sorry(utility, None),))
        except Exception:
            ref = reference(chance)
            log.exception("broken", extra={"ref": ref, "utility": utility.name})
            failed("broken")
            return Reply((sorry(utility, ref),))

    @routes.post("/sms")
    def inbound() -> Response:
        """A text from a person. A short code is a machine: there is nobody to answer."""
        form = proven()
        message, utility = parse(form, utilities_by_number)
        reply = answer(message, utility) if message.who.value.startswith("+") else Reply()
        return render(reply)

    @routes.post("/sms/status")
    def status() -> Response:
        """A delivery report. They come unordered and repeated: whoever keeps them sorts that out (RULES T7)."""
        form = proven()
        outbox_id = request.args.get("o", "")
        if outbox_id and not _OUTBOX_ID.fullmatch(outbox_id):
            refuse(400, "field o")
        to = form.maybe("To", ADDRESS)
        try:
            record_status(
                sid=form.one("MessageSid", SID),
                status=form.one("MessageStatus", _STATUS),
                error_code=form.maybe("ErrorCode", _ERROR) or None,
                outbox_id=int(outbox_id) if outbox_id else None,
                to=Address(*address(to)) if to else None,
            )
        except Unavailable:
            refuse(503, "unavailable")
        return Response(status=204)

    return routes
