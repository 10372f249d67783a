"""What happens with money: people pay, banks take their time, refunds go back. Each tells its events."""

from contextlib import suppress

from sandbox import stripe_objects, stripe_payments
from sandbox.post_office import PostOffice
from sandbox.setting import Setting
from sandbox.stripe_events import Webhooks
from sandbox.stripe_link_maker import LinkMaker, dollars
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError, missing
from sandbox.stripe_store import Store

PAYER = "Sandbox Payer"


class Till:
    """The miniature Stripe's doings. Sums are in minor units."""

    def __init__(self, setting: Setting, post: PostOffice) -> None:
        self.setting, self._mint = setting, setting.mint
        self.store = Store()
        self.links = LinkMaker(setting, self.store)
        self.webhooks = Webhooks(setting, post)
        self._post = post

    def tell(self, kind: str, about: Thing, request: tuple[str | None, str | None] = (None, None)) -> None:
        """Make an event of it and send it out."""
        event = self.store.add(stripe_objects.event(self._mint, kind, self.store.shown(about, []), *request))
        self.webhooks.send(event)

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
                charge |= {"failure_code": "insufficient_funds", "failure_message": stripe_payments.BOUNCED}
                self._fail(intent, charge)
                self.tell("checkout.session.async_payment_failed", session)
            return charge

    def refund(self, params: Thing, request: tuple[str | None, str | None] = (None, None)) -> Thing:
        """Give money back, all that is left unless an amount is named."""
        with self.store.lock:
            charge = self._refundable(params)
            left = charge["amount"] - charge["amount_refunded"]
            if not left:
                words = f"Charge {charge['id']} has already been refunded."
                raise StripeError(400, words, "charge_already_refunded")
            amount = params.get("amount", left)
            if not 0 < amount <= left:
                words = (
                    f"Refund amount ({dollars(amount)}) is greater than unrefunded amount on charge ({dollars(left)})"
                )
                raise StripeError(400, words, "", "amount")
            refund = self.store.add(stripe_objects.refund(self._mint, charge, amount, params))
            refund["balance_transaction"] = self._moved(-amount, charge["currency"], refund["id"], "refund", None)
            charge["amount_refunded"] += amount
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            self.tell("refund.created", refund, request)
            self.tell("charge.refunded", charge, request)
            return refund

    def _refundable(self, params: Thing) -> Thing:
        if "charge" in params:
            charge = self.store.get("charge", params["charge"])
        elif "payment_intent" in params:
            intent = self.store.get("payment_intent", params["payment_intent"])
            if not intent["latest_charge"]:
                words = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
                raise StripeError(400, words, "", "payment_intent")
            charge = self.store.get("charge", intent["latest_charge"])
        else:
            raise missing("payment_intent")
        if charge["status"] != "succeeded":
            raise StripeError(400, "This charge cannot be refunded: it did not succeed.", "charge_not_refundable")
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
        charge["balance_transaction"] = self._moved(
            charge["amount"], charge["currency"], charge["id"], "charge", charge["description"]
        )
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}

    def _moved(self, amount: int, currency: str, source: str, kind: str, description: str | None) -> str:
        made = stripe_objects.balance_transaction(self._mint, amount, currency, source, kind, description)
        return str(self.store.add(made)["id"])

    def _decline(self, intent: Thing, charge: Thing) -> None:
        charge |= {"failure_code": "card_declined", "failure_message": stripe_payments.DECLINED}
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
        session["customer_details"] = stripe_payments.payer(PAYER)
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
