"""The pages that a payer sees: every visit to a payment link opens a checkout session, and there one pays."""

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.setting import Setting
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError
from sandbox.stripe_till import Till

INACTIVE = "This link is no longer active."


class Pages:
    """The pages for one till, under the utility's name."""

    def __init__(self, setting: Setting, till: Till) -> None:
        self._setting = setting
        self._till = till

    def visit(self, plink: str) -> Response | str:
        """A payment link: to a new session, or the words for a link that is off."""
        link = self._found("payment_link", plink)
        with self._till.store.lock:
            if link["active"]:
                return redirect(self._till.links.visit(link)["url"], 303)
        words = link["inactive_message"] or INACTIVE
        return render_template("notice.html", merchant=self._setting.merchant, title="Not available", words=words)

    def show(self, session: str) -> str:
        """The page of a session, whatever has become of it."""
        return self._page(self._found("checkout.session", session), "")

    def pay(self, session: str) -> Response | str:
        """Somebody pressed Pay."""
        visit = self._found("checkout.session", session)
        try:
            problem = _pay(self._till, visit, request.form.get("way", ""))
        except StripeError as error:
            return self._page(visit, error.message if visit["status"] == "open" else "")
        if problem:
            return self._page(visit, problem)
        after = self._till.store.get("payment_link", visit["payment_link"])["after_completion"]
        if after["type"] == "redirect":
            return redirect(after["redirect"]["url"].replace("{CHECKOUT_SESSION_ID}", session), 303)
        return redirect(f"/checkout/{session}", 303)

    def receipt(self, charge: str) -> str:
        """Stripe's own receipt."""
        paid = self._found("charge", charge)
        return render_template("notice.html", merchant=self._setting.merchant, title="Stripe's receipt", charge=paid)

    def _found(self, kind: str, wanted: str) -> Thing:
        try:
            return self._till.store.get(kind, wanted)
        except StripeError:
            abort(404)

    def _page(self, visit: Thing, problem: str) -> str:
        link = self._till.store.get("payment_link", visit["payment_link"])
        return render_template(
            "checkout.html" if visit["status"] == "open" else "thanks.html",
            merchant=self._setting.merchant,
            visit=visit,
            link=link,
            lines=self._till.store.lines(visit["id"]),
            problem=problem,
        )


def checkout_pages(setting: Setting, till: Till) -> Blueprint:
    """The blueprint of `/pay`, `/checkout` and `/receipts`."""
    routes = Blueprint("checkout", __name__)
    pages = Pages(setting, till)
    routes.get("/pay/<plink>")(pages.visit)
    routes.get("/checkout/<session>")(pages.show)
    routes.post("/checkout/<session>")(pages.pay)
    routes.get("/receipts/<charge>")(pages.receipt)
    return routes


def _pay(till: Till, visit: Thing, way: str) -> str:
    """Do what the payer chose; what went wrong, in words to show, or nothing."""
    if way == "bank":
        till.pay_by_bank(visit)
    elif way in ("card", "declined"):
        charge = till.pay_by_card(visit, good=way == "card")
        if charge["status"] == "failed":
            return f"{charge['failure_message']} Nothing was paid. Try again, or pay another way."
    else:
        return "Choose a way to pay first."
    return ""
