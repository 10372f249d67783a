"""Refunds at the miniature Stripe: at once by card, days later from a bank, and those that come back."""

from types import ModuleType
from typing import Any

import pytest

from sandbox.stripe_params import StripeError
from tests.sandbox.hand import Hand


def refund(hand: Hand, charge: Any, amount: int | None = None) -> Any:
    named = {} if amount is None else {"amount": amount}
    return hand.sandbox.till.refund({"charge": charge["id"], **named})


def test_a_cards_refund_succeeds_at_once(hand: Hand) -> None:
    made = refund(hand, hand.card())
    assert (made["status"], made["id"][:3], "pending_reason" in made) == ("succeeded", "re_", False)
    assert hand.moved()[0] == ("refund", -8595, 0)


def test_a_banks_refund_is_pending_until_the_bank_has_it(hand: Hand) -> None:
    made = refund(hand, hand.bank())
    assert (made["status"], made["pending_reason"], made["id"][:4]) == ("pending", "processing", "pyr_")
    assert hand.moved()[0] == ("payment_refund", -8595, 0)
    hand.sandbox.till.settle_refund(made, good=True)
    assert (made["status"], "pending_reason" in made) == ("succeeded", False)
    assert len(hand.moved()) == 2


@pytest.mark.parametrize(
    ("way", "kind", "reason"),
    [("card", "refund_failure", "expired_or_canceled_card"), ("bank", "payment_refund", "unknown")],
)
def test_the_money_of_a_refund_that_fails_comes_back(hand: Hand, way: str, kind: str, reason: str) -> None:
    charge = getattr(hand, way)()
    made = hand.sandbox.till.settle_refund(refund(hand, charge, 3000), good=False)
    assert (made["status"], made["failure_reason"]) == ("failed", reason)
    assert hand.moved()[0] == (kind, 3000, 0)
    back = hand.get(f"balance_transactions/{made['failure_balance_transaction']}")
    assert back["source"] == made["id"]
    assert (charge["amount_refunded"], charge["refunded"]) == (0, False)


def test_a_refund_can_be_called_back_while_it_is_pending(hand: Hand) -> None:
    made = hand.sandbox.till.cancel_refund(refund(hand, hand.bank()))
    assert (made["status"], made["failure_reason"]) == ("canceled", "merchant_request")
    assert sum(amount for _, amount, _ in hand.moved()) == 8595


def test_what_is_over_cannot_be_settled_again(hand: Hand) -> None:
    till = hand.sandbox.till
    made = till.settle_refund(refund(hand, hand.card()), good=False)
    for act in (lambda: till.settle_refund(made, good=False), lambda: till.cancel_refund(made)):
        with pytest.raises(StripeError):
            act()


def test_what_came_back_can_be_refunded_again(hand: Hand) -> None:
    charge = hand.card()
    hand.sandbox.till.settle_refund(refund(hand, charge), good=False)
    assert refund(hand, charge)["amount"] == 8595


def test_every_step_is_told(hand: Hand) -> None:
    till = hand.sandbox.till
    till.settle_refund(refund(hand, hand.bank()), good=True)
    till.settle_refund(refund(hand, hand.card()), good=False)
    hand.run_all()
    assert hand.told_of("refund", "charge.refund") == [
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "charge.refund.updated",
        "refund.created",
        "charge.refunded",
        "refund.failed",
        "refund.updated",
        "charge.refund.updated",
    ]


def test_every_event_is_as_stripe_specifies(hand: Hand, oracle: ModuleType) -> None:
    till = hand.sandbox.till
    till.settle_refund(refund(hand, hand.bank()), good=False)
    till.cancel_refund(refund(hand, hand.bank()))
    till.settle_refund(refund(hand, hand.card(), 100), good=False)
    hand.run_all()
    assert hand.faults(oracle) == []


def test_a_refund_shows_its_charge_and_its_money(hand: Hand, oracle: ModuleType) -> None:
    made = refund(hand, hand.card())
    shown = hand.get(f"refunds/{made['id']}", **{"expand[]": ["charge", "balance_transaction"]})
    assert (shown["charge"]["amount_refunded"], shown["balance_transaction"]["amount"]) == (8595, -8595)
    assert oracle.check("refund", shown) == []
