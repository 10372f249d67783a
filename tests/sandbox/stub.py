"""An app that only writes down what it is told, what it shares with the sandbox, and the order of a payment link."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from flask import Flask, Response, request

SID = "AC" + "5" * 32
TOKEN = "a-token-for-tests"
STRIPE_KEY = "sk_test_tests"
WEBHOOK_SECRET = "whsec_tests"
NUMBER = "+12175550100"
ORDER: dict[str, Any] = {
    "line_items": [
        {"price_data": {"currency": "usd", "product_data": {"name": "Bill"}, "unit_amount": 8420}, "quantity": 1},
        {"price_data": {"currency": "usd", "product_data": {"name": "Fee"}, "unit_amount": 175}, "quantity": 1},
    ],
    "metadata": {"payment": "p-1"},
    "payment_intent_data": {"metadata": {"payment": "p-1"}},
    "payment_method_types": ["card", "us_bank_account"],
    "restrictions": {"completed_sessions": {"limit": 1}},
    "inactive_message": "This link is off.",
    "custom_text": {"submit": {"message": "A fee is part of the total."}},
    "after_completion": {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Thank you."}},
}


@dataclass
class Told:
    """A request that the app got."""

    path: str
    form: dict[str, str]
    body: bytes
    headers: dict[str, str]


@dataclass
class StubApp:
    """The program's routes, without the program. `answers` turns an incoming form into TwiML."""

    told: list[Told] = field(default_factory=list)
    answer: Callable[[dict[str, str]], str] = lambda form: f"You said {form['Body']}"
    statuses: list[int] = field(default_factory=list)
    url: str = ""

    def of(self, path: str) -> list[Told]:
        return [told for told in self.told if told.path == path]

    def app(self) -> Flask:
        app = Flask("stub")

        @app.post("/sms")
        @app.post("/sms/status")
        @app.post("/stripe/webhook")
        def hear() -> Response:
            body = request.get_data()
            self.told.append(Told(request.path, request.form.to_dict(), body, dict(request.headers)))
            if self.statuses:
                return Response(status=self.statuses.pop(0))
            words = self.answer(request.form.to_dict()) if request.path == "/sms" else ""
            inner = f"<Message>{escape(words)}</Message>" if words else ""
            return Response(f"<Response>{inner}</Response>", content_type="text/xml")

        return app
