"""The pages that a payer sees: every visit to a payment link opens a checkout session, and there one pays."""

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.setting import Setting
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError
from sandbox.stripe_till import Till

INACTIVE = "This link is no longer active."


def checkout_pages(setting: Setting, till: Till) -> Blueprint:
    """The blueprint of `/pay`, `/checkout` and `/receipts`."""
    routes = Blueprint("checkout", __name__)

    def found(kind: str, wanted: str) -> Thing:
        try:
            return till.store.get(kind, wanted)
        except StripeError:
            abort(404)

    @routes.get("/pay/<plink>")
    def visit(plink: str) -> AnyResponse:
        link = found("payment_link", plink)
        with till.store.lock:
            if not link["active"]:
                words = link["inactive_message"] or INACTIVE
                return Response(
                    render_template("notice.html", merchant=setting.merchant, title="Not available", words=words)
                )
            return redirect(till.links.visit(link)["url"], 303)

    @routes.get("/checkout/<session>")
    def show(session: str) -> str:
        return page(found("checkout.session", session), "")

    @routes.post("/checkout/<session>")
    def pay(session: str) -> AnyResponse | str:
        visit = found("checkout.session", session)
        try:
            problem = _pay(till, visit, request.form.get("way", ""))
        except StripeError as error:
            return page(visit, error.message if visit["status"] == "open" else "")
        after = till.store.get("payment_link", visit["payment_link"])["after_completion"]
        if not problem and after["type"] == "redirect":
            return redirect(after["redirect"]["url"].replace("{CHECKOUT_SESSION_ID}", session), 303)
        return page(visit, problem) if problem else redirect(f"/checkout/{session}", 303)

    @routes.get("/receipts/<charge>")
    def receipt(charge: str) -> str:
        return render_template(
            "notice.html", merchant=setting.merchant, title="Stripe's receipt", charge=found("charge", charge)
        )

    def page(visit: Thing, problem: str) -> str:
        link = till.store.get("payment_link", visit["payment_link"])
        lines = till.store.lines(visit["id"])
        name = "checkout.html" if visit["status"] == "open" else "thanks.html"
        return render_template(name, merchant=setting.merchant, visit=visit, link=link, lines=lines, problem=problem)

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
