"""The pages a payer sees: the way in (`/`), the short link that was texted (`/p/`), and the receipt (`/r/`).

Rendered from `templates/payments/page.html`; there is no script, and the one style sheet is our own.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy import Engine

from bot.errors import Unavailable
from bot.money import Money
from bot.ports import Clock
from bot.speech import Speech
from bot.utility import Utility
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import payment
from handlers.payments.making import withdraw
from handlers.payments.page import Page, Pages
from handlers.payments.records import Record, find, mark
from handlers.payments.state import OPEN, state
from handlers.payments.visitor import is_person
from handlers.payments.wording import Wording
from handlers.sealing import Sealer

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
Column = Literal["token", "receipt_token"]


class Doors:
    """Finds the payment behind a token, and decides whether its link still leads to Stripe."""

    def __init__(self, engine: Engine, clock: Clock, sealer: Sealer, owed: Callable[[int], Money]) -> None:
        self._engine = engine
        self._clock = clock
        self._sealer = sealer
        self._owed = owed

    def behind(self, column: Column, token: str) -> Record | None:
        """The payment of this token. Raises Unavailable when SQL is away."""
        looked_up = token if _TOKEN.fullmatch(token) else "-"  # no token of ours, and the same work
        with reachable(), reading(self._engine) as connection:
            return find(connection, payment.c[column] == looked_up)

    def named(self, record: Record) -> str:
        """What to do for the visitor: "open", "coming" (no link yet), "changed", or the payment's state.

        A link for more than is owed by now is turned off (RULES M1). Raises Unavailable when SQL is away.
        """
        named = state(record, self._clock.now())
        if named not in OPEN and named != "withdrawn":
            return named
        owed = self._owed(record.account_id)
        if owed != record.balance and record.amount > owed:
            with reachable(), self._engine.begin() as connection:
                withdraw(connection, self._sealer, self._clock.now(), payment.c.id == record.id.reveal())
            return "changed"
        if named == "withdrawn":
            return named
        return "coming" if record.link_url is None else "open"

    def opened(self, record: Record) -> None:
        """A person went through. Raises Unavailable when SQL is away."""
        if record.opened_at is None:
            with reachable(), self._engine.begin() as connection:
                mark(connection, record.id, "opened_at", self._clock.now())


def page_routes(
    engine: Engine,
    clock: Clock,
    sealer: Sealer,
    speech: Speech,
    utilities: Mapping[str, Utility],
    owed: Callable[[int], Money],
) -> Blueprint:
    """The blueprint. `owed` says what an account owes now. All are safe to fetch ahead, by machines too."""
    routes = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static/payments"
    )
    doors = Doors(engine, clock, sealer, owed)
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
