"""The pages a payer sees on the way: the way in (`/`), and the short link that was texted (`/p/`).

Rendered from `templates/payments/page.html`; there is no script, and the one style sheet is our own.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy import Engine

from bot.errors import Unavailable
from bot.ports import Clock
from handlers.payments.doors import Doors
from handlers.payments.page import Page, Pages
from handlers.payments.visitor import is_person
from handlers.payments.wording import Wording


def page_routes(engine: Engine, clock: Clock, wording: Wording) -> Blueprint:
    """The blueprint. All are safe to fetch ahead, by machines too."""
    routes = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static/payments"
    )
    routes.after_request(unlisted)
    doors = Doors(engine, clock)
    pages = Pages(wording)

    @routes.get("/")
    def front() -> Response:
        return show(pages.front(chosen_language(wording)))

    @routes.get("/p/<token>")
    def short_link(token: str) -> Response:
        try:
            record = doors.behind("token", token)
            if record is None:
                return show(pages.unknown(chosen_language(wording)))
            named = doors.named(record)
            if named == "open" and record.link_url:
                if is_person(request.method, request.headers):
                    doors.opened(record)
                answer = make_response(redirect(record.link_url, 303))
                answer.headers["Cache-Control"] = "no-store"
                return answer
        except Unavailable:
            return show(pages.unavailable(chosen_language(wording)))
        return show(pages.of_link(record, named))

    return routes


def chosen_language(wording: Wording, own: str | None = None) -> str:
    """The language asked for in the address, else the person's `own`, else the browser's."""
    asked = request.args.get("language", own)
    return asked if asked in wording.languages else request.accept_languages.best_match(wording.languages) or "en"


def unlisted(answer: Response) -> Response:
    """The answer, which no search engine may list."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def show(page: Page) -> Response:
    """The page as an answer."""
    answer = make_response(render_template("payments/page.html", page=page), page.status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
