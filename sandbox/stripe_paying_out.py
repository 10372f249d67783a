"""What happens to the money that lies at Stripe: it becomes available, and goes to the utility's bank account."""

from sandbox import stripe_movements
from sandbox.post_office import PostOffice
from sandbox.setting import Setting
from sandbox.stripe_desk import Desk
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError

CURRENCY = "usd"


class PayingOut(Desk):
    """The balance and the payouts. Sums are in minor units."""

    def __init__(self, setting: Setting, post: PostOffice) -> None:
        super().__init__(setting, post)
        self.paid_out: dict[str, str] = {}

    def balance(self) -> Thing:
        """What lies at Stripe, as `GET /v1/balance` prints it."""
        with self.store.lock:
            self.ripen()
            sums = {"available": 0, "pending": 0}
            for moved in self.store.all("balance_transaction"):
                sums[moved["status"]] += moved["net"]
            shown = {name: [_sum(minor)] for name, minor in sums.items()}
            return {"object": "balance", "livemode": False, **shown}

    def pay_out(self) -> Thing:
        """Send all that is available to the bank. Raises StripeError if that is nothing, or less."""
        with self.store.lock:
            self.ripen()
            moved = [one for one in self.store.all("balance_transaction") if one["id"] not in self.paid_out]
            available = [one for one in moved if one["status"] == "available"]
            amount = sum(one["net"] for one in available)
            if amount <= 0:
                raise StripeError(400, "There is nothing to pay out yet.", "balance_insufficient", "amount")
            payout = self.store.add(stripe_movements.payout(self._mint, amount, CURRENCY))
            out = self._moved(-amount, payout, "payout", payout["description"])
            payout["balance_transaction"] = out["id"]
            self.paid_out |= {one["id"]: payout["id"] for one in [*available, out]}
            self.tell("payout.created", payout)
            return payout

    def settle_payout(self, payout: Thing, good: bool) -> Thing:
        """The bank takes the payout or, even days after it did, sends it back."""
        with self.store.lock:
            if payout["status"] not in (("in_transit",) if good else ("in_transit", "paid")):
                raise StripeError(400, f"This payout is {payout['status']} already.", "", "payout")
            if good:
                payout |= {"status": "paid", "trace_id": {"status": "supported", "value": payout["id"][-12:].upper()}}
                self.tell("payout.paid", payout)
                return payout
            back = self._moved(payout["amount"], payout, "payout_failure", f"PAYOUT FAILURE FOR {payout['id']}")
            payout |= {"status": "failed", "failure_balance_transaction": back["id"], "failure_code": "account_closed"}
            payout["failure_message"] = "The bank account has been closed."
            self.tell("payout.failed", payout)
            return payout


def _sum(minor: int) -> Thing:
    return {"amount": minor, "currency": CURRENCY, "source_types": {"card": minor}}
