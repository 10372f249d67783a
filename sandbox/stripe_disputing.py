"""What happens when payers dispute: the bank asks or takes the money, and a person at the utility wins or loses."""

from sandbox import stripe_disputes
from sandbox.stripe_desk import Desk
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError

# Which ends a dispute may come to, by its state.
_ENDS = {
    "needs_response": ("won", "lost"),
    "under_review": ("won", "lost"),
    "warning_needs_response": ("warning_closed",),
    "warning_under_review": ("warning_closed",),
}
_ANSWERED = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}


class Disputing(Desk):
    """Disputes. Sums are in minor units."""

    def dispute(self, charge: Thing, amount: int | None = None, inquiry: bool = False) -> Thing:
        """A payer disputes a charge, all that is left unless an `amount` is named; the bank takes it, and a fee.

        An `inquiry` only asks: no money moves until it is escalated. A bank debit's dispute is lost at once.
        """
        with self.store.lock:
            if charge["status"] != "succeeded" or charge["disputed"] or charge["refunded"]:
                raise StripeError(400, "This charge cannot be disputed.", "", "charge")
            by_card = charge["payment_method_details"]["type"] == "card"
            amount = charge["amount"] - charge["amount_refunded"] if amount is None else amount
            if not 0 < amount <= charge["amount"] or (inquiry and not by_card):
                raise StripeError(400, "This charge cannot be disputed like that.", "", "amount")
            dispute = self.store.add(stripe_disputes.dispute(self._mint, charge, amount, inquiry))
            charge["disputed"] = True
            if not inquiry:
                self._adjust(dispute, -amount, stripe_disputes.FEE)
            self.tell("charge.dispute.created", dispute)
            if not inquiry:
                self.tell("charge.dispute.funds_withdrawn", dispute)
            if not by_card:
                self.tell("charge.dispute.closed", dispute)
            return dispute

    def answer_dispute(self, dispute: Thing) -> Thing:
        """A person sends evidence; the bank reviews it."""
        with self.store.lock:
            status = _ANSWERED.get(dispute["status"])
            if status is None:
                raise _closed(dispute)
            before = {"status": dispute["status"]}
            dispute["status"] = status
            dispute["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
            self.tell("charge.dispute.updated", dispute, before=before)
            return dispute

    def escalate_dispute(self, dispute: Thing) -> Thing:
        """An inquiry becomes a chargeback: now the bank takes the money."""
        with self.store.lock:
            if not dispute["status"].startswith("warning_") or dispute["status"] == "warning_closed":
                raise _closed(dispute)
            before = {"status": dispute["status"]}
            dispute |= {"status": "needs_response", "is_charge_refundable": False}
            dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
            self._adjust(dispute, -dispute["amount"], stripe_disputes.FEE)
            self.tell("charge.dispute.updated", dispute, before=before)
            self.tell("charge.dispute.funds_withdrawn", dispute)
            return dispute

    def close_dispute(self, dispute: Thing, result: str) -> Thing:
        """The bank decides: "won" (the money comes back, not the fee) or "lost"; of an inquiry "warning_closed"."""
        with self.store.lock:
            if result not in _ENDS.get(dispute["status"], ()):
                raise _closed(dispute)
            dispute["status"] = result
            if result == "won":
                self._adjust(dispute, dispute["amount"])
            self.tell("charge.dispute.closed", dispute)
            if result == "won":
                self.tell("charge.dispute.funds_reinstated", dispute)
            return dispute

    def _adjust(self, dispute: Thing, amount: int, fee: int = 0) -> None:
        word = "withdrawal" if amount < 0 else "reversal"
        moved = self._moved(amount, dispute, "adjustment", f"Chargeback {word} for {dispute['charge']}", fee)
        dispute["balance_transactions"].append(moved)


def _closed(dispute: Thing) -> StripeError:
    return StripeError(400, f"This dispute is {dispute['status'].replace('_', ' ')}.", "", "dispute")
