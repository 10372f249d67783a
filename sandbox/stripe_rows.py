"""What the till's page shows: a row for each visit, refund, dispute and payout, with the acts that are possible now."""

from typing import Any

from sandbox.stripe_objects import Thing
from sandbox.stripe_till import Till

Act = tuple[str, str]
_DISPUTE_ACTS: dict[str, list[Act]] = {
    "needs_response": [("answer", "Send evidence"), ("won", "Win"), ("lost", "Lose")],
    "under_review": [("won", "Win"), ("lost", "Lose")],
    "warning_needs_response": [("escalate", "Bank takes the money"), ("warning_closed", "Close inquiry")],
    "warning_under_review": [("escalate", "Bank takes the money"), ("warning_closed", "Close inquiry")],
}
_REFUND_ACTS: dict[str, list[Act]] = {
    "pending": [("good", "Refund arrives"), ("bad", "Refund fails"), ("cancel", "Call it back")],
    "succeeded": [("bad", "Refund fails")],
}
_PAYOUT_ACTS: dict[str, list[Act]] = {
    "in_transit": [("good", "Bank takes it"), ("bad", "Payout fails")],
    "paid": [("bad", "Payout fails")],
}


def row(thing: Thing, folder: str, state: str, acts: list[Act]) -> dict[str, Any]:
    """A row: `folder` is where its buttons lead to."""
    return {"thing": thing, "folder": folder, "state": state.replace("_", " "), "acts": acts}


def visits(till: Till) -> list[dict[str, Any]]:
    """Every visit to a link, newest first, with the refunds and disputes of its payment."""
    return [_visit(till, session) for session in till.store.all("checkout.session")]


def payouts(till: Till) -> list[dict[str, Any]]:
    """Every payout, newest first."""
    made = till.store.all("payout")
    return [row(one, "payouts", one["status"], _PAYOUT_ACTS.get(one["status"], [])) for one in made]


def _visit(till: Till, session: Thing) -> dict[str, Any]:
    intent = till.store.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else {}
    charge = till.store.get("charge", intent["latest_charge"]) if intent.get("latest_charge") else {}
    paid, left = charge.get("paid", False), charge.get("amount", 0) - charge.get("amount_refunded", 0)
    acts: list[Act] = []
    if session["status"] == "open":
        acts.append(("expire", "Let it expire"))
    if intent.get("status") == "processing":
        acts += [("bank-paid", "Bank paid"), ("bank-failed", "Bank failed")]
    if left and paid and not charge["disputed"]:
        acts.append(("dispute", "Dispute"))
        if charge["payment_method_details"]["type"] == "card":
            acts.append(("inquire", "Bank asks"))
    state = str(intent.get("status", session["status"]))
    if session["status"] == "expired" or charge.get("refunded"):
        state = "refunded" if charge.get("refunded") else "expired"
    return row(session, "", state, acts) | {
        "refunded": charge.get("amount_refunded", 0),
        "left": left if paid else 0,
        "below": [*_of(till, charge, "refund", _REFUND_ACTS), *_of(till, charge, "dispute", _DISPUTE_ACTS)],
    }


def _of(till: Till, charge: Thing, kind: str, acts: dict[str, list[Act]]) -> list[dict[str, Any]]:
    found = [one for one in till.store.all(kind) if one["charge"] == charge.get("id")]
    return [row(one, f"{kind}s", one["status"], acts.get(one["status"], [])) for one in found]
