"""The part of Twilio's HTTP API that the program uses: `/2010-04-01/Accounts/<sid>/Messages`."""

import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from sandbox.setting import Setting
from sandbox.switchboard import Switchboard
from sandbox.troubles import Troubles, as_json
from sandbox.twilio_store import Message, TwilioError

ADDRESS = re.compile(r"(whatsapp:)?\+[1-9][0-9]{7,14}")
LONGEST_BODY = 1600
FINAL = ("delivered", "undelivered", "failed", "received", "read", "canceled")


class TwilioApi:
    """Answers the requests. Every method returns an HTTP status and the JSON."""

    def __init__(self, setting: Setting, switchboard: Switchboard) -> None:
        self._setting = setting
        self._switchboard = switchboard
        self._messages = switchboard.messages

    def answer(self, account: str, sid: str) -> tuple[int, object]:
        """The answer to the current request; `sid` is empty for the collection. Raises TwilioError."""
        self._authenticate(account)
        if not sid:
            return self._create() if request.method == "POST" else self._page()
        message = self._messages.get(sid)
        if request.method == "POST":
            self._update(message)
        elif request.method == "DELETE":
            self._finished(message)
            del self._messages.by_sid[sid]
            return 204, None
        return 200, message.shown(account)

    def _authenticate(self, account: str) -> None:
        given = request.authorization
        right = (self._setting.twilio_sid, self._setting.twilio_token)
        pairs = zip((given.username or "", given.password or ""), right, strict=True) if given else ()
        if not given or account != right[0] or not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in pairs):
            raise TwilioError(401, 20003, "Authenticate")

    def _create(self) -> tuple[int, object]:
        form = request.form
        to, body, media = form.get("To", ""), form.get("Body", ""), form.getlist("MediaUrl")
        if not to:
            raise TwilioError(400, 21604, "A 'To' phone number is required.")
        if not ADDRESS.fullmatch(to):
            raise TwilioError(400, 21211, f"Invalid 'To' Phone Number: {to[:3]}XXXX")
        if not form.get("From"):
            raise TwilioError(400, 21603, "A 'From' phone number is required.")
        if form["From"].removeprefix("whatsapp:") != self._setting.twilio_number:
            raise TwilioError(400, 21606, "The 'From' phone number provided is not a valid message-capable number.")
        if not body and not media:
            raise TwilioError(400, 21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            raise TwilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        validity = form.get("ValidityPeriod", "36000")
        if not validity.isdecimal() or not 1 <= int(validity) <= 36000:
            raise TwilioError(400, 20001, "ValidityPeriod must be a number of seconds from 1 to 36000")
        callback = form.get("StatusCallback", "")
        message = self._switchboard.send(to, body, len(media), int(validity), callback)
        return 201, message.shown(self._setting.twilio_sid) | {"status": "queued", "date_sent": None}

    def _update(self, message: Message) -> None:
        if request.form.get("Body") != "":
            raise TwilioError(400, 20001, "Only an empty Body is taken here: it removes the text of the message")
        self._finished(message)
        message.body = ""

    def _finished(self, message: Message) -> None:
        if message.status not in FINAL:
            raise TwilioError(409, 20009, "The message is still on its way")

    def _page(self) -> tuple[int, object]:
        query = request.args
        chosen = [message for message in self._messages.newest_first() if _wanted(message, query)]
        size = min(max(int(query.get("PageSize", "50")), 1), 1000)
        page = int(query.get("Page", "0"))
        path = f"/2010-04-01/Accounts/{self._setting.twilio_sid}/Messages.json"

        def uri(number: int) -> str:
            kept = {name: value for name, value in query.items() if name not in ("Page", "PageSize", "PageToken")}
            return f"{path}?{urlencode(kept | {'PageSize': str(size), 'Page': str(number)})}"

        shown = chosen[page * size : (page + 1) * size]
        return 200, {
            "end": page * size + max(len(shown) - 1, 0),
            "first_page_uri": uri(0),
            "messages": [message.shown(self._setting.twilio_sid) for message in shown],
            "next_page_uri": uri(page + 1) if len(chosen) > (page + 1) * size else None,
            "page": page,
            "page_size": size,
            "previous_page_uri": uri(page - 1) if page else None,
            "start": page * size,
            "uri": uri(page),
        }


def _wanted(message: Message, query: dict[str, str]) -> bool:
    if query.get("To", message.to) != message.to or query.get("From", message.sender) != message.sender:
        return False
    sent = datetime.fromtimestamp(int(message.sent_at or 0), UTC)
    bounds = {name: _moment(query[name]) for name in ("DateSent", "DateSent>", "DateSent<") if name in query}
    if bounds and not message.sent_at:
        return False
    first, last, day = bounds.get("DateSent>", sent), bounds.get("DateSent<", sent), bounds.get("DateSent", sent)
    if last.time() == last.time().min and "DateSent<" in bounds:
        last += timedelta(days=1)  # a date alone means the whole day
    return first <= sent <= last and day.date() == sent.date()


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise TwilioError(400, 20001, f"Invalid date: {text}") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def twilio_api(setting: Setting, switchboard: Switchboard, troubles: Troubles) -> Blueprint:
    """The blueprint of `/2010-04-01`."""
    routes = Blueprint("twilio_api", __name__)
    api = TwilioApi(setting, switchboard)

    @routes.route("/2010-04-01/Accounts/<account>/Messages.json", methods=["GET", "POST"], defaults={"sid": ""})
    @routes.route("/2010-04-01/Accounts/<account>/Messages/<sid>.json", methods=["GET", "POST", "DELETE"])
    def answer(account: str, sid: str) -> Response:
        troubles.note("twilio")
        trouble = troubles.take("twilio")
        troubles.wait(trouble)
        try:
            if trouble.status:
                raise _mishap(trouble.status)
            status, body = api.answer(account, sid)
        except TwilioError as error:
            status, body = error.status, error.body()
        troubles.leave(trouble)
        return Response(status=204) if status == 204 else as_json(status, body)

    return routes


def _mishap(status: int) -> TwilioError:
    if status == 429:
        return TwilioError(429, 20429, "Too Many Requests")
    return TwilioError(status, 20500, "An internal server error has occurred")
