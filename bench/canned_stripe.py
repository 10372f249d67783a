"""A Stripe within this process, that answers at once: each link is made, and each visit was paid by card."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter

AMOUNT, FEE = 8420, 175  # minor units: what everybody is asked to pay
CREATED = 1_790_000_000


class CannedStripe(BaseAdapter):
    """Mounted on a session of requests. The visit `cs_<payment>_<number>` names that payment of ours, and paid it."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer without going anywhere."""
        path = urlsplit(request.url or "").path
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, str(request.url)
        made = _session(path.rsplit("/", 1)[1]) if "/checkout/sessions/" in path else _link(request)
        answer._content = json.dumps(made).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""


def network() -> requests.Session:
    """A session in which every address is the canned Stripe's."""
    session = requests.Session()
    session.mount("https://", CannedStripe())
    return session


def _link(request: requests.PreparedRequest) -> Mapping[str, Any]:
    payment = parse_qs(str(request.body))["metadata[payment]"][0]
    link = f"plink_{payment}"
    return {"id": link, "object": "payment_link", "active": True, "url": f"https://buy.stripe.example/{link}"}


def _session(session: str) -> Mapping[str, Any]:
    payment, number = session.removeprefix("cs_").rsplit("_", 1)
    line = {"id": f"txn_{payment}_{number}", "object": "balance_transaction", "created": CREATED}
    charge = {"id": f"ch_{payment}_{number}", "object": "charge", "status": "succeeded", "balance_transaction": line}
    intent = {"id": f"pi_{payment}_{number}", "object": "payment_intent", "status": "succeeded"}
    return {
        "id": session,
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": AMOUNT + FEE,
        "currency": "usd",
        "metadata": {"payment": payment},
        "payment_intent": {**intent, "latest_charge": charge},
    }
