"""The balance of the miniature Stripe, and the way to the bank."""

from types import ModuleType
from typing import Any

import pytest
import stripe

from sandbox.stripe_params import StripeError
from tests.sandbox.hand import Hand

DAY = 86400
CARD_FEE, BANK_FEE = 279, 69


def lies(hand: Hand) -> tuple[int, int]:
    """What is available, and what is pending."""
    balance = hand.get("balance")
    return balance["available"][0]["amount"], balance["pending"][0]["amount"]


def paid_out(hand: Hand) -> Any:
    """A card charge that has become available and was paid out."""
    hand.card()
    hand.now += 3 * DAY
    return hand.sandbox.till.pay_out()


def test_what_comes_in_is_pending_and_then_available(hand: Hand) -> None:
    hand.card()
    assert lies(hand) == (0, 8595 - CARD_FEE)
    hand.now += 2 * DAY
    assert lies(hand) == (8595 - CARD_FEE, 0)
    assert hand.get("balance_transactions")["data"][0]["status"] == "available"


def test_a_bank_debit_is_a_payment_with_a_fee_of_its_own(hand: Hand) -> None:
    charge = hand.bank()
    assert charge["id"].startswith("py_")
    assert hand.moved() == [("payment", 8595, BANK_FEE)]


def test_a_bank_debit_may_show_before_the_bank_has_paid(hand: Hand, oracle: ModuleType) -> None:
    hand.sandbox.setting.debits_show_early = True
    good, bad = hand.visit(), hand.visit()
    hand.sandbox.till.pay_by_bank(good)
    charge = hand.sandbox.till.pay_by_bank(bad)
    assert hand.moved() == [("payment", 8595, BANK_FEE)] * 2
    hand.sandbox.till.settle_bank(good, good=True)
    hand.sandbox.till.settle_bank(bad, good=False)
    assert hand.moved()[0] == ("payment_failure_refund", -8595, -BANK_FEE)
    assert sum(lies(hand)) == 8595 - BANK_FEE
    assert oracle.check("charge", hand.get(f"charges/{charge['id']}")) == []


def test_nothing_available_is_nothing_to_pay_out(hand: Hand) -> None:
    hand.card()
    with pytest.raises(StripeError, match="nothing to pay out"):
        hand.sandbox.till.pay_out()


def test_a_payout_takes_all_that_is_available(hand: Hand) -> None:
    made = paid_out(hand)
    assert (made["amount"], made["status"], lies(hand)) == (8595 - CARD_FEE, "in_transit", (0, 0))
    assert hand.moved(payout=made["id"]) == [("payout", CARD_FEE - 8595, 0), ("charge", 8595, CARD_FEE)]


def test_what_was_paid_out_is_not_paid_out_again(hand: Hand) -> None:
    paid_out(hand)
    second = paid_out(hand)
    assert second["amount"] == 8595 - CARD_FEE
    assert len(hand.moved(payout=second["id"])) == 2


def test_a_refund_is_taken_from_the_next_payout(hand: Hand) -> None:
    charge = hand.card()
    hand.sandbox.till.refund({"charge": charge["id"], "amount": 595})
    hand.now += 3 * DAY
    assert hand.sandbox.till.pay_out()["amount"] == 8000 - CARD_FEE


def test_the_bank_takes_a_payout(hand: Hand) -> None:
    made = hand.sandbox.till.settle_payout(paid_out(hand), good=True)
    assert hand.get(f"payouts/{made['id']}")["status"] == "paid"
    hand.run_all()
    assert hand.told_of("payout") == ["payout.created", "payout.paid"]


@pytest.mark.parametrize("paid_before", [False, True])
def test_a_payout_that_fails_comes_back(hand: Hand, paid_before: bool) -> None:
    till = hand.sandbox.till
    made = paid_out(hand)
    if paid_before:
        till.settle_payout(made, good=True)
    till.settle_payout(made, good=False)
    assert hand.moved()[0] == ("payout_failure", made["amount"], 0)
    assert lies(hand) == (made["amount"], 0)
    assert till.pay_out()["amount"] == made["amount"]
    hand.run_all()
    assert hand.told_of("payout")[-2:] == ["payout.failed", "payout.created"]


def test_a_payout_is_settled_once(hand: Hand) -> None:
    made = hand.sandbox.till.settle_payout(paid_out(hand), good=False)
    with pytest.raises(StripeError):
        hand.sandbox.till.settle_payout(made, good=True)


def test_payouts_are_listed_by_state(hand: Hand) -> None:
    first, second = paid_out(hand), paid_out(hand)
    hand.sandbox.till.settle_payout(first, good=True)
    assert [one["id"] for one in hand.get("payouts")["data"]] == [second["id"], first["id"]]
    assert [one["id"] for one in hand.get("payouts", status="paid")["data"]] == [first["id"]]


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"type": "charge"}, 2),
        ({"type": "payout"}, 1),
        ({"created[lt]": 1_795_000_000}, 0),
        ({"created[lte]": 1_795_000_000}, 1),
        ({"created[gt]": 1_795_000_000}, 2),
        ({"created[gte]": 1_795_000_000, "created[lt]": 1_795_000_000 + 3 * DAY}, 1),
    ],
)
def test_balance_transactions_are_found_by_type_and_time(hand: Hand, params: Any, count: int) -> None:
    paid_out(hand)
    hand.card()
    assert len(hand.get("balance_transactions", **params)["data"]) == count


def test_balance_transactions_come_in_pages(hand: Hand) -> None:
    for _ in range(5):
        hand.card()
    pages = hand.stripe.v1.balance_transactions.list(params={"limit": 2})
    assert pages.has_more
    ids = [one.id for one in pages.auto_paging_iter()]
    assert ids == [one["id"] for one in hand.get("balance_transactions", limit=100)["data"]]


def test_a_page_starts_after_a_link_that_has_left_the_list(hand: Hand) -> None:
    for _ in range(3):
        hand.visit()
    newest = hand.get("payment_links", active="true", limit=1)["data"][0]
    hand.stripe.v1.payment_links.update(newest["id"], params={"active": False})
    after = hand.get("payment_links", active="true", starting_after=newest["id"])
    assert len(after["data"]) == 2


def test_each_expansion_that_the_program_asks_for(hand: Hand, oracle: ModuleType) -> None:
    session = hand.visit()
    hand.sandbox.till.pay_by_card(session)
    path = "payment_intent.latest_charge.balance_transaction"
    shown = hand.get(f"checkout/sessions/{session['id']}", **{"expand[]": path})
    charge = shown["payment_intent"]["latest_charge"]
    assert charge["balance_transaction"]["net"] == 8595 - CARD_FEE
    assert oracle.check("checkout.session", shown) == []
    listed = hand.get("charges", **{"expand[]": "data.balance_transaction"})["data"]
    assert listed[0]["balance_transaction"]["source"] == charge["id"]


def test_every_balance_transaction_is_as_stripe_specifies(hand: Hand, oracle: ModuleType) -> None:
    till = hand.sandbox.till
    charge = hand.bank()
    till.settle_refund(till.refund({"charge": charge["id"]}), good=False)
    till.close_dispute(till.dispute(hand.card()), "won")
    till.settle_payout(paid_out(hand), good=False)
    shown = hand.get("balance_transactions", limit=100)["data"]
    assert {one["type"] for one in shown} >= {"payment", "payment_refund", "adjustment", "payout", "payout_failure"}
    assert [fault for one in shown for fault in oracle.check("balance_transaction", one)] == []


def test_payout_and_balance_have_the_fields_that_the_sdk_knows(hand: Hand) -> None:
    assert set(paid_out(hand)) == set(stripe.Payout.__annotations__) - {"OBJECT_NAME"}
    assert set(hand.get("balance")) <= set(stripe.Balance.__annotations__)
