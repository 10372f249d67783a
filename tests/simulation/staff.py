"""Banks, Stripe and the utility's staff: debits are decided, money is sent back, disputed and paid out, and counted."""

from datetime import timedelta

from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError
from tests.simulation.process import Process
from tests.simulation.world import BEGINNING, World

_DISPUTED = ("needs_response", "under_review")


class Staff:
    """What none of the payers does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = world.dice
        self._till = world.sandbox.till
        self._store = world.sandbox.till.store

    def pending(self) -> list[Thing]:
        """The visits of which a bank has still to decide."""
        intents = {one["id"] for one in self._store.all("payment_intent") if one["status"] == "processing"}
        return [visit for visit in self._store.all("checkout.session") if visit["payment_intent"] in intents]

    def bank_decides(self) -> None:
        """A bank sends the money, or does not."""
        good = self._dice.random() < 0.7
        self._till.settle_bank(self._dice.choice(self.pending()), good)
        self._world.did(f"a bank {'sends the money' if good else 'refuses'}")

    def refundable(self) -> list[Thing]:
        """The charges of which something can be sent back."""
        return [one for one in self._store.all("charge") if one["paid"] and not one["refunded"]]

    def refund(self) -> None:
        """Somebody at the utility sends money back, all of it or a part."""
        charge = self._dice.choice(self.refundable())
        left = charge["amount"] - charge["amount_refunded"]
        amount = left if self._dice.random() < 0.6 else self._dice.randint(1, left)
        try:
            self._till.refund({"charge": charge["id"], "amount": amount})
        except StripeError as error:
            self._world.log(f"no refund: {error.message}")
            return
        self._world.did(f"staff refunds {'all' if amount == left else 'a part'}", amount)

    def refunds_open(self) -> list[Thing]:
        """The refunds that are under way."""
        return [one for one in self._store.all("refund") if one["status"] == "pending"]

    def refund_ends(self) -> None:
        """A refund arrives, or comes back; one by card may come back long after."""
        refund, good = self._dice.choice(self.refunds_open()), self._dice.random() < 0.7
        self._till.settle_refund(refund, good)
        self._world.did(f"a refund {'arrives' if good else 'comes back'}")

    def disputable(self) -> list[Thing]:
        """The charges that a payer may dispute."""
        return [one for one in self._store.all("charge") if one["paid"] and not one["disputed"] and not one["refunded"]]

    def dispute(self) -> None:
        """A payer tells their bank that it was not them; or a refund by card comes back to us."""
        by_card = [one for one in self._store.all("refund") if one["status"] == "succeeded"]
        if by_card and self._dice.random() < 0.3:
            self._till.settle_refund(self._dice.choice(by_card), good=False)
            self._world.did("a refund comes back late")
            return
        charge = self._dice.choice(self.disputable())
        left = charge["amount"] - charge["amount_refunded"]
        inquiry = charge["payment_method_details"]["type"] == "card" and self._dice.random() < 0.2
        self._till.dispute(charge, left, inquiry)
        self._world.did("an inquiry" if inquiry else "a dispute", left)

    def disputes_open(self) -> list[Thing]:
        """The disputes that are undecided."""
        return [one for one in self._store.all("dispute") if one["status"] in (*_DISPUTED, "warning_needs_response")]

    def dispute_ends(self) -> None:
        """A dispute is decided, or an inquiry becomes one."""
        dispute = self._dice.choice(self.disputes_open())
        if dispute["status"] not in _DISPUTED:
            self._till.escalate_dispute(dispute)
            self._world.did("an inquiry becomes a dispute")
            return
        result = self._dice.choice(("won", "lost"))
        self._till.close_dispute(dispute, result)
        self._world.did(f"a dispute is {result}")

    def pay_out(self) -> None:
        """Stripe pays out what is available."""
        try:
            payout = self._till.pay_out()
        except StripeError:
            return
        self._world.did("a payout", payout["amount"])

    def payouts_open(self) -> list[Thing]:
        """The payouts that may still come back."""
        return [one for one in self._store.all("payout") if one["status"] in ("in_transit", "paid")]

    def payout_ends(self) -> None:
        """The bank takes a payout, or sends it back."""
        payout = self._dice.choice(self.payouts_open())
        good = payout["status"] == "in_transit" and self._dice.random() < 0.8
        self._till.settle_payout(payout, good)
        self._world.did(f"a payout {'arrives' if good else 'comes back'}")

    def reconcile(self) -> None:
        """The schedule has yesterday, and days that were missed, held against Stripe's statement."""
        self._world.did("reconciliation")
        self._world.at_work(_look)

    def reconcile_all(self) -> None:
        """An operator has every day held against Stripe's statement once more, and finds no difference."""
        self._world.log("reconciliation of every day")
        day, last = BEGINNING.date(), self._world.clock.now().date() - timedelta(days=2)
        while day <= last:
            report = self._world.at_work(lambda process, day=day: process.program.reconciliation.run(day))
            day += timedelta(days=1)
        clean = report is not None and report.clean
        self._world.law.demand(clean, "the ledger and Stripe's statement agree", report and report.open)


def _look(process: Process) -> bool:
    process.program.reconciliation.look()
    return True
