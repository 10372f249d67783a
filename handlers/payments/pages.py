"""The pages a payer sees: the way in (`/`), the short link that was texted (`/p/`), and the receipt (`/r/`).

Rendered from `templates/payments/page.html`; there is no script, and the one style sheet is our own.
"""

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy import Engine

from bot.errors import Unavailable
from bot.ports import Clock
from bot.speech import Speech
from bot.utility import Utility
from handlers.payments.doors import Doors
from handlers.payments.page import Page, Pages
from handlers.payments.visitor import is_person
from handlers.payments.wording import Wording
from handlers.sealing import Sealer


def page_routes(
    engine: Engine,
    clock: Clock,
    sealer: Sealer,
    speech: Speech,
    utilities: Mapping[str, Utility],
) -> Blueprint:
    """The blueprint. All are safe to fetch ahead, by machines too."""
    routes = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static/payments"
    )
    doors = Doors(engine, clock, sealer)
    pages = Pages(Wording(speech, utilities))

    @routes.get("/")
    def front() -> Response:
        return _show(pages.front(_language()))

    @routes.get("/p/<token>")
    def short_link(token: str) -> Response:
        try:
            record = doors.behind("token", token)
            if record is None:
                return _show(pages.unknown(_language()))
            named = doors.named(record)
            if named == "open" and record.link_url:
                if is_person(request.method, request.headers):
                    doors.opened(record)
                answer = make_response(redirect(record.link_url, 303))
                answer.headers["Cache-Control"] = "no-store"
                return answer
        except Unavailable:
            return _show(pages.unavailable(_language()))
        return _show(pages.of_link(record, named))

    @routes.get("/r/<token>")
    def receipt(token: str) -> Response:
        try:
            record = doors.behind("receipt_token", token)
        except Unavailable:
            return _show(pages.unavailable(_language()))
        return _show(pages.unknown(_language()) if record is None else pages.receipt(record, clock.now()))

    def _language() -> str:
        return request.accept_languages.best_match(pages.languages) or "en"

    return routes


def _show(page: Page) -> Response:
    answer = make_response(render_template("payments/page.html", page=page), page.status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
