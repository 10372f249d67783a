"""The till's page, `/stripe`: links, visits and payments, with buttons for what Stripe and the banks would do."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError
from sandbox.stripe_till import Till


def stripe_pages(till: Till) -> Blueprint:
    """The blueprint of `/stripe`."""
    routes = Blueprint("stripe_pages", __name__)
    acts: dict[str, Callable[[Thing], object]] = {
        "bank-paid": lambda visit: till.settle_bank(visit, good=True),
        "bank-failed": lambda visit: till.settle_bank(visit, good=False),
        "expire": till.expire,
        "refund": lambda visit: till.refund({"payment_intent": visit["payment_intent"]}),
    }

    @routes.get("/stripe")
    def index() -> str:
        return render_template(
            "stripe.html",
            links=till.store.all("payment_link"),
            visits=[_visit(till, session) for session in till.store.all("checkout.session")],
            lines=till.store.lines,
            deliveries=till.webhooks.deliveries[::-1],
            problem=request.args.get("problem", ""),
            here="stripe",
        )

    @routes.post("/stripe/<session>")
    def act(session: str) -> AnyResponse:
        doing = acts.get(request.form.get("act", ""))
        if doing is None:
            abort(400)
        try:
            doing(till.store.get("checkout.session", session))
        except StripeError as error:
            return redirect(f"/stripe?{urlencode({'problem': error.message})}", 303)
        return redirect("/stripe", 303)

    @routes.post("/stripe/links/<plink>")
    def switch_off(plink: str) -> AnyResponse:
        till.links.change(till.store.get("payment_link", plink), {"active": False})
        return redirect("/stripe", 303)

    @routes.post("/stripe/events/<event>")
    def again(event: str) -> AnyResponse:
        for delivery in till.webhooks.deliveries:
            if delivery.event["id"] == event:
                till.webhooks.repeat(delivery)
        return redirect("/stripe", 303)

    return routes


def _visit(till: Till, session: Thing) -> Thing:
    """What a row of the page shows, with the acts that are possible now."""
    intent = till.store.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else {}
    charge = till.store.get("charge", intent["latest_charge"]) if intent.get("latest_charge") else {}
    acts: list[tuple[str, str]] = []
    if session["status"] == "open":
        acts.append(("expire", "Let it expire"))
    if intent.get("status") == "processing":
        acts += [("bank-paid", "Bank paid"), ("bank-failed", "Bank failed")]
    if charge.get("paid") and not charge["refunded"]:
        acts.append(("refund", "Refund"))
    state = str(intent.get("status", session["status"]))
    if session["status"] == "expired" or charge.get("refunded"):
        state = "refunded" if charge.get("refunded") else "expired"
    return {
        "session": session,
        "state": state.replace("_", " "),
        "acts": acts,
        "refunded": charge.get("amount_refunded", 0),
    }
