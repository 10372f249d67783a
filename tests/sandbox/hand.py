"""A sandbox that is run by hand: the app that it tells, the SDKs that talk to it, all in this process."""

import json
import random
from types import ModuleType
from typing import Any

import stripe
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from sandbox.in_process import call_to, session_to
from sandbox.server import Sandbox
from tests.sandbox.stub import NUMBER, ORDER, SID, STRIPE_KEY, TOKEN, WEBHOOK_SECRET, StubApp

BASE = "https://pay.example"


class Hand:
    """A sandbox by hand, the app that it tells, and the SDKs that talk to it."""

    def __init__(self, seed: int = 7, **more: Any) -> None:
        self.now = 1_795_000_000.0
        self.app = StubApp()
        self.sandbox = Sandbox(
            BASE,
            SID,
            TOKEN,
            STRIPE_KEY,
            WEBHOOK_SECRET,
            NUMBER,
            clock=lambda: self.now,
            chance=random.Random(seed),
            by_hand=True,
            call=call_to(self.app.app()),
            **more,
        )
        self.network = session_to(self.sandbox.app)
        http = stripe.RequestsClient(session=self.network)
        base: Any = {"api": self.sandbox.url}
        self.stripe = stripe.StripeClient(STRIPE_KEY, base_addresses=base, http_client=http, max_network_retries=0)
        quiet = TwilioHttpClient()
        quiet.session = self.network
        self.twilio = Client(SID, TOKEN, http_client=quiet)

    def visit(self) -> Any:
        return self.sandbox.till.links.visit(self.sandbox.till.links.make(ORDER))

    def run_all(self) -> None:
        while errands := self.sandbox.errands:
            self.now = max(self.now, errands[0].due)
            errands[0].run()

    def told(self) -> list[str]:
        return [json.loads(one.body)["type"] for one in self.app.of("/stripe/webhook")]

    def told_of(self, *kinds: str) -> list[str]:
        return [kind for kind in self.told() if kind.startswith(kinds)]

    def get(self, path: str, **params: Any) -> Any:
        """What Stripe's API answers to a GET."""
        answer = self.network.get(f"{self.sandbox.url}/v1/{path}", params=params, auth=(STRIPE_KEY, ""))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def card(self) -> Any:
        """A charge that somebody paid by card: $85.95."""
        return self.sandbox.till.pay_by_card(self.visit())

    def bank(self) -> Any:
        """A charge that somebody's bank paid: $85.95."""
        session = self.visit()
        self.sandbox.till.pay_by_bank(session)
        return self.sandbox.till.settle_bank(session, good=True)

    def moved(self, **params: Any) -> list[tuple[str, int, int]]:
        """The balance transactions: type, amount, fee; newest first."""
        return [(one["type"], one["amount"], one["fee"]) for one in self.get("balance_transactions", **params)["data"]]

    def faults(self, oracle: ModuleType) -> list[Any]:
        """What Stripe's specification finds wrong with anything that was told."""
        events = [json.loads(one.body) for one in self.app.of("/stripe/webhook")]
        return [(event["type"], faults) for event in events if (faults := oracle.check_event(event))]
