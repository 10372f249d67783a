"""The till's page, `/stripe`: visits, refunds, disputes, payouts, with buttons for what Stripe and banks would do."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import stripe_rows
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError
from sandbox.stripe_till import Till

_DOLLARS = re.compile(r"\$?([0-9]{1,6})(?:\.([0-9]{2}))?")


class TillPage:
    """The page of one till. Every button posts its act, and leads back."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._acts: dict[str, dict[str, Callable[[Thing], object]]] = {
            "checkout.session": {
                "bank-paid": lambda visit: till.settle_bank(visit, good=True),
                "bank-failed": lambda visit: till.settle_bank(visit, good=False),
                "expire": till.expire,
                "refund": self._refund,
                "dispute": lambda visit: till.dispute(self._charge(visit)),
                "inquire": lambda visit: till.dispute(self._charge(visit), inquiry=True),
            },
            "refund": {
                "good": lambda refund: till.settle_refund(refund, good=True),
                "bad": lambda refund: till.settle_refund(refund, good=False),
                "cancel": till.cancel_refund,
            },
            "dispute": {
                "answer": till.answer_dispute,
                "escalate": till.escalate_dispute,
                "won": lambda dispute: till.close_dispute(dispute, "won"),
                "lost": lambda dispute: till.close_dispute(dispute, "lost"),
                "warning_closed": lambda dispute: till.close_dispute(dispute, "warning_closed"),
            },
            "payout": {
                "good": lambda payout: till.settle_payout(payout, good=True),
                "bad": lambda payout: till.settle_payout(payout, good=False),
            },
        }

    def index(self) -> str:
        """All there is, the newest first."""
        till, balance = self._till, self._till.balance()
        return render_template(
            "stripe.html",
            links=till.store.all("payment_link"),
            visits=stripe_rows.visits(till),
            payouts=stripe_rows.payouts(till),
            available=balance["available"][0]["amount"],
            pending=balance["pending"][0]["amount"],
            lines=till.store.lines,
            deliveries=till.webhooks.deliveries[::-1],
            problem=request.args.get("problem", ""),
            here="stripe",
        )

    def press(self, kind: str, wanted: str) -> AnyResponse:
        """A button of an object of this kind."""
        act = self._acts[kind].get(request.form.get("act", ""))
        if act is None:
            abort(400)
        return _back(lambda: act(self._till.store.get(kind, wanted)))

    def balance(self) -> AnyResponse:
        """A button of the balance."""
        if request.form.get("act") == "ripen":
            return _back(lambda: self._till.ripen(at_once=True))
        return _back(self._till.pay_out)

    def switch_off(self, plink: str) -> AnyResponse:
        """The button of a link."""
        return _back(lambda: self._till.links.change(self._till.store.get("payment_link", plink), {"active": False}))

    def again(self, event: str) -> AnyResponse:
        """The button of a webhook."""
        for delivery in self._till.webhooks.deliveries:
            if delivery.event["id"] == event:
                self._till.webhooks.repeat(delivery)
        return redirect("/stripe", 303)

    def _refund(self, visit: Thing) -> None:
        params: Thing = {"payment_intent": visit["payment_intent"]}
        if written := request.form.get("amount", "").strip():
            match = _DOLLARS.fullmatch(written)
            if not match:
                raise StripeError(400, "Write the amount like 12.50, or nothing to refund all.", "", "amount")
            params["amount"] = int(match[1]) * 100 + int(match[2] or 0)
        self._till.refund(params)

    def _charge(self, visit: Thing) -> Thing:
        store = self._till.store
        return store.get("charge", store.get("payment_intent", visit["payment_intent"] or "")["latest_charge"] or "")


def stripe_pages(till: Till) -> Blueprint:
    """The blueprint of `/stripe`."""
    routes = Blueprint("stripe_pages", __name__)
    page = TillPage(till)
    routes.get("/stripe")(page.index)
    routes.post("/stripe/balance")(page.balance)
    routes.post("/stripe/links/<plink>")(page.switch_off)
    routes.post("/stripe/events/<event>")(page.again)
    for address, kind in (("", "checkout.session"), ("refunds/", "refund"), ("disputes/", "dispute")):
        routes.post(f"/stripe/{address}<wanted>", endpoint=kind.replace(".", "_"), defaults={"kind": kind})(page.press)
    routes.post("/stripe/payouts/<wanted>", endpoint="payout", defaults={"kind": "payout"})(page.press)
    return routes


def _back(act: Callable[[], object]) -> AnyResponse:
    """Do it and go back to the page, with what went wrong."""
    try:
        act()
    except StripeError as error:
        return redirect(f"/stripe?{urlencode({'problem': error.message})}", 303)
    return redirect("/stripe", 303)
