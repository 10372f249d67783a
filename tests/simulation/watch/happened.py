"""What really happened at Stripe: the sandbox's own objects behind a posting's cause (see docs/ledger.md)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.stripe_params import StripeError

if TYPE_CHECKING:
    from tests.simulation.law import Law
    from tests.simulation.world import World

Thing = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """What is behind a posting: how much moved in our balance at Stripe, for which charge, of which payment of ours.

    `back` is what a refund or a lost dispute takes away from where the charge's money lies.
    """

    kind: str
    moved: int
    charge: Thing | None = None
    payment: Thing | None = None
    back: int = 0


class Happened:
    """Looks things up in the sandbox."""

    def __init__(self, world: "World", law: "Law") -> None:
        self._store = world.sandbox.till.store
        self._law = law

    def behind(self, cause: str) -> Truth | None:
        """What is behind a cause; a complaint and None if nothing is."""
        kind, _, name = cause.partition(":")
        reader = getattr(self, f"_{kind}", None)
        try:
            truth: Truth | None = reader(name) if reader else None
        except StripeError:
            truth = None
        self._law.demand(truth is not None, "every posting is about something that happened", cause)
        return truth

    def _about(self, kind: str, charge_id: str, moved: int, back: int = 0) -> Truth:
        charge = self._store.get("charge", charge_id)
        return Truth(kind, moved, charge, self._law.payments.rows.get(charge["metadata"].get("payment", "")), back)

    def _paid(self, name: str) -> Truth | None:
        charge = self._store.get("charge", name)
        return self._about("paid", name, charge["amount"]) if charge["paid"] else None

    def _refund_out(self, name: str) -> Truth | None:
        refund = self._store.get("refund", name)
        return self._about("refund_out", refund["charge"], -refund["amount"]) if refund["balance_transaction"] else None

    def _refund(self, name: str) -> Truth | None:
        """A card's refund succeeds at once, though it may come back; a bank's only if it says so."""
        refund = self._store.get("refund", name)
        succeeded = refund["status"] == "succeeded" or refund["destination_details"]["type"] == "card"
        return self._about("refund", refund["charge"], 0, refund["amount"]) if succeeded else None

    def _refund_back(self, name: str) -> Truth | None:
        refund = self._store.get("refund", name)
        came_back = refund.get("failure_balance_transaction")
        return self._about("refund_back", refund["charge"], refund["amount"]) if came_back else None

    def _dispute(self, name: str) -> Truth:
        move = self._store.get("balance_transaction", name)
        return self._about("dispute", self._store.get("dispute", move["source"])["charge"], move["amount"])

    def _charged_back(self, name: str) -> Truth | None:
        dispute = self._store.get("dispute", name)
        if dispute["status"] != "lost":
            return None
        return self._about(
            "charged_back", dispute["charge"], 0, -sum(one["amount"] for one in dispute["balance_transactions"])
        )

    def _payout(self, name: str) -> Truth:
        return Truth("payout", -self._store.get("payout", name)["amount"])

    def _payout_back(self, name: str) -> Truth | None:
        payout = self._store.get("payout", name)
        return Truth("payout_back", payout["amount"]) if payout["failure_balance_transaction"] else None

    def _cost(self, name: str) -> Truth:
        return Truth("cost", -self._store.get("balance_transaction", name)["fee"])
