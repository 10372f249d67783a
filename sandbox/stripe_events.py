"""Tells the program what happened: signed webhooks, tried again until they are taken."""

import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field

from sandbox.post_office import PostOffice
from sandbox.setting import Setting
from sandbox.stripe_objects import Thing

WEBHOOK_SECONDS = 20


@dataclass(slots=True)
class Delivery:
    """An event on its way. `attempts` says of each try when it was and what came of it."""

    event: Thing
    attempts: list[tuple[float, str]] = field(default_factory=list)
    taken: threading.Event = field(default_factory=threading.Event)

    @property
    def delivered(self) -> bool:
        """Whether the program has taken it."""
        return self.taken.is_set()


class Webhooks:
    """Posts events to the program's `/stripe/webhook`."""

    def __init__(self, setting: Setting, post: PostOffice) -> None:
        self._setting = setting
        self._post = post
        self.deliveries: list[Delivery] = []
        self.paused = False

    def send(self, event: Thing) -> None:
        """Put an event on its way; again and again, ever slower, until it is taken."""
        delivery = Delivery(event)
        self.deliveries.append(delivery)
        if not self.paused:
            self.repeat(delivery)

    def repeat(self, delivery: Delivery) -> None:
        """Send it now, even if it arrived before: Stripe delivers at least once."""
        self._post.later(_named(delivery), lambda: self._try(delivery))

    def _try(self, delivery: Delivery) -> None:
        body = json.dumps(delivery.event, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(body, self._setting.webhook_secret, self._setting.mint.now()),
        }
        url = self._setting.reach(self._setting.public("/stripe/webhook"))
        answer = self._setting.call("POST", url, body, headers, WEBHOOK_SECONDS)
        delivery.attempts.append((self._setting.mint.clock(), answer.fault or str(answer.status)))
        if answer.good:
            delivery.event["pending_webhooks"] = 0
            delivery.taken.set()
        elif not delivery.delivered:
            delays = self._setting.retry_delays
            wait = delays[min(len(delivery.attempts), len(delays)) - 1]
            self._post.later(_named(delivery), lambda: self._try(delivery), wait, awaited=False)


def _named(delivery: Delivery) -> str:
    return f"webhook {delivery.event['type']}"


def signature(body: bytes, secret: str, at: int) -> str:
    """Stripe's signature header: HMAC-SHA256 over time and raw body (docs.stripe.com/webhooks/signature)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
