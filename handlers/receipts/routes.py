"""Receipts on the web: the page, the PDF, the proof, the keys that proofs are checked with, and a place to type a code.

All but the keys is for whoever holds the token or the code, so nothing is kept by browsers or listed by search engines.
"""

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from sqlalchemy import Engine

from bot.errors import Unavailable
from bot.ports import Clock
from handlers.edge import HEADERS
from handlers.payments.page import Pages
from handlers.payments.pages import chosen_language, show, unlisted
from handlers.payments.wording import Wording
from handlers.receipts.code import token_of
from handlers.receipts.facts import Facts
from handlers.receipts.paper import Press
from handlers.receipts.sheet import Sheet, Sheets
from handlers.receipts.shelf import Found, Shelf
from handlers.receipts.signing import PURPOSE, Signer
from handlers.sealing import Sealer

_FORM_POLICY = dict(HEADERS)["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")


def receipt_routes(
    engine: Engine,
    clock: Clock,
    sealer: Sealer,
    wording: Wording,
    public_base_url: str,
) -> Blueprint:
    """The blueprint, beside that of `handlers.payments.pages`, whose style it shares."""
    shelf = Shelf(engine, clock, wording, public_base_url)
    desk = Desk(wording, clock, shelf, Signer(sealer.seeds(PURPOSE)), Press(wording, public_base_url))
    routes = Blueprint("receipts", __name__, template_folder="templates")
    routes.after_request(unlisted)
    routes.register_error_handler(Unavailable, desk.away)
    routes.add_url_rule("/r/keys", view_func=desk.keys)
    routes.add_url_rule("/r/<token>", view_func=desk.page)
    routes.add_url_rule("/r/<token>.json", view_func=desk.proof)
    routes.add_url_rule("/r/<token>.pdf", view_func=desk.paper)
    routes.add_url_rule("/check", view_func=desk.form)
    routes.add_url_rule("/check", view_func=desk.check, methods=["POST"])
    return routes


class Desk:
    """Answers those who ask for a receipt. Where there is none, its page says why."""

    def __init__(self, wording: Wording, clock: Clock, shelf: Shelf, signer: Signer, press: Press) -> None:
        self._wording = wording
        self._clock = clock
        self._shelf = shelf
        self._signer = signer
        self._press = press
        self._pages = Pages(wording)
        self._sheets = Sheets(wording)

    def page(self, token: str) -> Response:
        """The receipt as a page."""
        found = self._shelf.find(token)
        if found is None or found.facts is None:
            return self._none(found)
        sheet = self._sheet(found, found.facts)
        return self._render("receipts/receipt.html", sheet.language, sheet=sheet)

    def proof(self, token: str) -> Response:
        """The facts, signed."""
        found = self._shelf.find(token)
        if found is None or found.facts is None:
            return self._none(found)
        return Response(self._signer.sign(found.facts.text()).json(), mimetype="application/json")

    def paper(self, token: str) -> Response:
        """The receipt as PDF, to be kept or printed."""
        found = self._shelf.find(token)
        if found is None or found.facts is None:
            return self._none(found)
        sheet = self._sheet(found, found.facts)
        made = self._press.pdf(sheet, self._signer.sign(found.facts.text()))
        answer = Response(made, mimetype="application/pdf")
        answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{sheet.reference}.pdf"'
        return answer

    def keys(self) -> Response:
        """The public halves of the keys."""
        answer = jsonify(self._signer.keys)
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer

    def form(self) -> Response:
        """Where a code is typed."""
        return self._form("", 200)

    def check(self) -> Response:
        """From a typed code to its receipt. Whatever leads nowhere is answered alike (RULES P5)."""
        typed = request.form.get("code", "")
        found = self._shelf.find(token_of(typed))
        if found is None:
            return self._form(typed, 404)
        address = f"/r/{found.record.receipt_token}?language={chosen_language(self._wording)}"
        return make_response(redirect(address, 303))

    def away(self, _error: Unavailable) -> Response:
        """SQL is away, or too many ask at once: please come again."""
        answer = show(self._pages.unavailable(chosen_language(self._wording)))
        answer.headers["Retry-After"] = "5"
        return answer

    def _none(self, found: Found | None) -> Response:
        if found is None:
            return show(self._pages.unknown(chosen_language(self._wording)))
        answer = show(self._pages.not_paid(found.record, self._clock.now()))
        if request.endpoint != "receipts.page":
            answer.status_code = 404
        return answer

    def _sheet(self, found: Found, facts: Facts) -> Sheet:
        return self._sheets.sheet(found.record, facts, chosen_language(self._wording, found.record.language))

    def _form(self, typed: str, status: int) -> Response:
        language = chosen_language(self._wording)
        answer = self._render("receipts/check.html", language, typed=typed[:60], unknown=status != 200)
        answer.status_code = status
        answer.headers["Content-Security-Policy"] = _FORM_POLICY
        return answer

    def _render(self, template: str, language: str, **shown: object) -> Response:
        """A page with its words at hand, and the way to itself in the other languages."""

        def say(sentence: str, language: str = language) -> str:
            return self._wording.say(f"pages.{sentence}", language)

        others = [other for other in self._wording.languages if other != language]
        return make_response(render_template(template, language=language, others=others, say=say, **shown))
