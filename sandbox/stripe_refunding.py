"""What happens when money goes back: a card's is there at once and may yet bounce, a bank's takes days."""

from sandbox import stripe_movements
from sandbox.stripe_desk import BY_ITSELF, Desk, Request
from sandbox.stripe_link_maker import dollars
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError, missing


class Refunding(Desk):
    """Refunds. Sums are in minor units."""

    def refund(self, params: Thing, request: Request = BY_ITSELF) -> Thing:
        """Give money back, all that is left unless an amount is named. Raises StripeError."""
        with self.store.lock:
            charge = self._refundable(params)
            amount = _amount(charge, params)
            refund = self.store.add(stripe_movements.refund(self._mint, charge, amount, params))
            kind = "refund" if _by_card(charge) else "payment_refund"
            refund["balance_transaction"] = self._moved(-amount, refund, kind, f"REFUND FOR {charge['id']}")["id"]
            self._given_back(charge, amount)
            self.tell("refund.created", refund, request)
            self.tell("charge.refunded", charge, request)
            return refund

    def settle_refund(self, refund: Thing, good: bool) -> Thing:
        """A pending refund reaches the payer or, if not `good`, it fails, as may one by card that had succeeded."""
        with self.store.lock:
            if refund["status"] not in (("pending",) if good else ("pending", "succeeded")):
                raise _done(refund)
            if good:
                return self._changed(refund, "succeeded")
            by_card = _by_card(self.store.get("charge", refund["charge"]))
            return self._bounced(refund, "failed", "expired_or_canceled_card" if by_card else "unknown")

    def cancel_refund(self, refund: Thing) -> Thing:
        """The utility calls a pending refund back in the dashboard; the money stays."""
        with self.store.lock:
            if refund["status"] != "pending":
                raise _done(refund)
            return self._bounced(refund, "canceled", "merchant_request")

    def _bounced(self, refund: Thing, status: str, reason: str) -> Thing:
        charge = self.store.get("charge", refund["charge"])
        kind = "refund_failure" if _by_card(charge) else "payment_refund"
        back = self._moved(refund["amount"], refund, kind, f"REFUND FAILURE FOR {charge['id']}")
        refund |= {"failure_balance_transaction": back["id"], "failure_reason": reason}
        self._given_back(charge, -refund["amount"])
        return self._changed(refund, status)

    def _changed(self, refund: Thing, status: str) -> Thing:
        before = {"status": refund["status"]}
        refund["status"] = status
        refund.pop("pending_reason", None)
        if status == "failed":
            self.tell("refund.failed", refund)
        self.tell("refund.updated", refund, before=before)
        self.tell("charge.refund.updated", refund, before=before)
        return refund

    def _given_back(self, charge: Thing, amount: int) -> None:
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]

    def _refundable(self, params: Thing) -> Thing:
        charge = self._meant(params)
        if charge["status"] != "succeeded":
            raise StripeError(400, "This charge cannot be refunded: it did not succeed.", "charge_not_refundable")
        disputes = [one for one in self.store.all("dispute") if one["charge"] == charge["id"]]
        if any(one["status"] != "won" and not one["is_charge_refundable"] for one in disputes):
            words = f"Charge {charge['id']} has been charged back; cannot issue a refund."
            raise StripeError(400, words, "charge_disputed")
        return charge

    def _meant(self, params: Thing) -> Thing:
        if "charge" in params:
            return self.store.get("charge", params["charge"])
        if "payment_intent" not in params:
            raise missing("payment_intent")
        intent = self.store.get("payment_intent", params["payment_intent"])
        if not intent["latest_charge"]:
            words = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise StripeError(400, words, "", "payment_intent")
        return self.store.get("charge", intent["latest_charge"])


def _amount(charge: Thing, params: Thing) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if not left:
        raise StripeError(400, f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    amount = int(params.get("amount", left))
    if not 0 < amount <= left:
        words = f"Refund amount ({dollars(amount)}) is greater than unrefunded amount on charge ({dollars(left)})"
        raise StripeError(400, words, "", "amount")
    return amount


def _by_card(charge: Thing) -> bool:
    return bool(charge["payment_method_details"]["type"] == "card")


def _done(refund: Thing) -> StripeError:
    return StripeError(400, f"This refund is {refund['status']} already.", "", "refund")
