"""The phone page: text the utility as somebody, and see what comes back."""

from flask import Blueprint, Response, render_template, request

from sandbox.cast import OWNERS
from sandbox.setting import Setting
from sandbox.switchboard import Bubble, Switchboard
from sandbox.troubles import as_json
from sandbox.twilio_api import ADDRESS


def phone_pages(setting: Setting, switchboard: Switchboard) -> Blueprint:
    """The blueprint of `/` and `/phone`."""
    routes = Blueprint("phone", __name__)

    @routes.get("/")
    def index() -> str:
        shown = [OWNERS[0], OWNERS[4]]
        return render_template("phone.html", owners=OWNERS, shown=shown, setting=setting, here="phone")

    @routes.get("/phone/texts")
    def texts() -> Response:
        after = request.args.get("after", 0, int)
        screen = list(switchboard.phones.get(request.args.get("phone", ""), ()))
        return as_json(200, {"texts": [_shown(bubble) for bubble in screen if bubble.number > after]})

    @routes.post("/phone/text")
    def text() -> Response:
        asked = request.get_json()
        phone, body = str(asked.get("phone", "")), str(asked.get("body", ""))
        if not ADDRESS.fullmatch(phone):
            return as_json(400, {"error": "A number starts with + and the country code, such as +12175550150."})
        switchboard.text(phone, body, 1 if asked.get("picture") else 0)
        return as_json(200, {})

    return routes


def _shown(bubble: Bubble) -> dict[str, object]:
    return {
        "number": bubble.number,
        "kind": bubble.kind,
        "body": bubble.body,
        "at": bubble.at,
        "segments": bubble.segments,
    }
