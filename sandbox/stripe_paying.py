"""What happens when people pay: by card at once, from a bank days later, or not at all."""

from contextlib import suppress

from sandbox import stripe_payers, stripe_payments
from sandbox.stripe_desk import Desk
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError

PAYER = "Sandbox Payer"


class Paying(Desk):
    """Visits to payment links, and what comes of them. Sums are in minor units."""

    def expire(self, session: Thing) -> Thing:
        """End a visit without a payment."""
        with self.store.lock:
            _must_be_open(session)
            session["status"], session["url"] = "expired", None
            self.tell("checkout.session.expired", session)
            return session

    def pay_by_card(self, session: Thing, good: bool = True) -> Thing:
        """Somebody presses Pay with a card that works or, if not `good`, is declined. Returns the charge."""
        with self.store.lock:
            _must_be_open(session)
            intent = self._intent(session, "card")
            charge = self._charge(intent, "card", "succeeded" if good else "failed")
            if not good:
                self._decline(intent, charge)
                return charge
            self._received(intent, charge)
            self._complete(session, "paid")
            self.tell("charge.succeeded", charge)
            self.tell("payment_intent.succeeded", intent)
            self.tell("checkout.session.completed", session)
            return charge

    def pay_by_bank(self, session: Thing) -> Thing:
        """Somebody gives their bank account; the money takes days. Returns the pending charge."""
        with self.store.lock:
            _must_be_open(session)
            intent = self._intent(session, "us_bank_account")
            charge = self._charge(intent, "us_bank_account", "pending")
            intent["status"] = "processing"
            if self.setting.debits_show_early:
                self._in_balance(charge)
            self._complete(session, "unpaid")
            self.tell("charge.pending", charge)
            self.tell("payment_intent.processing", intent)
            self.tell("checkout.session.completed", session)
        if self.setting.bank_settles_after is not None:
            wait = self.setting.bank_settles_after
            self._post.later("the bank settles", lambda: self._settle_if_pending(session), wait)
        return charge

    def _settle_if_pending(self, session: Thing) -> None:
        with suppress(StripeError):
            self.settle_bank(session, good=True)

    def settle_bank(self, session: Thing, good: bool) -> Thing:
        """The pending bank debit ends: the money came, or it did not. Returns the charge."""
        with self.store.lock:
            intent = self.store.get("payment_intent", session["payment_intent"] or "")
            if intent["status"] != "processing":
                raise StripeError(400, "This payment is not pending.", "payment_intent_unexpected_state")
            charge = self.store.get("charge", intent["latest_charge"])
            if good:
                self._received(intent, charge)
                session["payment_status"] = "paid"
                self.tell("charge.succeeded", charge)
                self.tell("payment_intent.succeeded", intent)
                self.tell("checkout.session.async_payment_succeeded", session)
            else:
                charge |= {"status": "failed", "captured": False, "amount_captured": 0}
                charge |= {"failure_code": "insufficient_funds", "failure_message": stripe_payers.BOUNCED}
                if charge["balance_transaction"]:
                    self._out_of_balance(charge)
                self._fail(intent, charge)
                self.tell("checkout.session.async_payment_failed", session)
            return charge

    def _intent(self, session: Thing, method: str) -> Thing:
        if method not in session["payment_method_types"]:
            raise StripeError(400, "This session does not take that way to pay.", "payment_method_unexpected_state")
        if session["payment_intent"]:
            return self.store.get("payment_intent", session["payment_intent"])
        link = self.store.get("payment_link", session["payment_link"])
        intent = self.store.add(stripe_payments.payment_intent(self._mint, link, session, method))
        session["payment_intent"] = intent["id"]
        self.tell("payment_intent.created", intent)
        return intent

    def _charge(self, intent: Thing, method: str, status: str) -> Thing:
        charge = stripe_payments.charge(self._mint, intent, method, status, PAYER, self.setting.own_url)
        intent["latest_charge"] = charge["id"]
        intent["payment_method"] = charge["payment_method"]
        return self.store.add(charge)

    def _received(self, intent: Thing, charge: Thing) -> None:
        charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
        charge["receipt_url"] = f"{self.setting.own_url}/receipts/{charge['id']}"
        if not charge["balance_transaction"]:
            self._in_balance(charge)
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}

    def _in_balance(self, charge: Thing) -> None:
        kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
        charge["balance_transaction"] = self._moved(charge["amount"], charge, kind, charge["description"])["id"]

    def _out_of_balance(self, charge: Thing) -> None:
        """What came too early goes again, the fee with it."""
        came = self.store.get("balance_transaction", charge["balance_transaction"])
        words = f"Payment failure refund for {charge['id']}"
        went = self._moved(-came["amount"], charge, "payment_failure_refund", words, -came["fee"])
        charge["failure_balance_transaction"] = went["id"]

    def _decline(self, intent: Thing, charge: Thing) -> None:
        charge |= {"failure_code": "card_declined", "failure_message": stripe_payers.DECLINED}
        self._fail(intent, charge)

    def _fail(self, intent: Thing, charge: Thing) -> None:
        kind = "card_error" if charge["failure_code"] == "card_declined" else "invalid_request_error"
        error = {"type": kind, "code": charge["failure_code"], "message": charge["failure_message"]}
        if kind == "card_error":
            error |= {"decline_code": "generic_decline", "advice_code": "try_again_later"}
        intent |= {"status": "requires_payment_method", "payment_method": None}
        intent["last_payment_error"] = {**error, "charge": charge["id"]}
        charge["outcome"] = stripe_payments.outcome("failed")
        self.tell("charge.failed", charge)
        self.tell("payment_intent.payment_failed", intent)

    def _complete(self, session: Thing, payment_status: str) -> None:
        session |= {"status": "complete", "payment_status": payment_status, "url": None}
        session["customer_details"] = stripe_payers.payer(PAYER)
        link = self.store.get("payment_link", session["payment_link"])
        if link["restrictions"]:
            limits = link["restrictions"]["completed_sessions"]
            limits["count"] = self.links.completed(link)
            if limits["count"] >= limits["limit"]:
                link["active"] = False


def _must_be_open(session: Thing) -> None:
    if session["status"] != "open":
        words = f'Only Checkout Sessions with a status in ["open"] can be changed. This one is {session["status"]}.'
        raise StripeError(400, words, "", "session")
