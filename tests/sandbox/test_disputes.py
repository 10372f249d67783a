"""Disputes at the miniature Stripe: opened, answered, escalated, won and lost."""

from types import ModuleType
from typing import Any

import pytest
import stripe

from sandbox.stripe_params import StripeError
from tests.sandbox.hand import Hand

DISPUTE = "charge.dispute."


def told(hand: Hand) -> list[str]:
    hand.run_all()
    return [kind.removeprefix(DISPUTE) for kind in hand.told_of(DISPUTE)]


def test_a_dispute_takes_the_money_and_a_fee(hand: Hand) -> None:
    charge = hand.card()
    made = hand.sandbox.till.dispute(charge)
    assert (made["status"], made["amount"], charge["disputed"]) == ("needs_response", 8595, True)
    assert made["evidence_details"]["due_by"] > hand.now
    assert hand.moved(type="adjustment") == [("adjustment", -8595, 1500)]
    assert hand.get("balance_transactions", source=made["id"])["data"] == made["balance_transactions"]
    assert told(hand) == ["created", "funds_withdrawn"]


def test_part_of_a_charge_can_be_disputed(hand: Hand) -> None:
    assert hand.sandbox.till.dispute(hand.card(), 1000)["balance_transactions"][0]["net"] == -2500


def test_a_dispute_that_is_won_brings_the_money_back(hand: Hand) -> None:
    till = hand.sandbox.till
    made = till.close_dispute(till.answer_dispute(till.dispute(hand.card())), "won")
    assert [one["net"] for one in made["balance_transactions"]] == [-10095, 8595]
    assert told(hand) == ["created", "funds_withdrawn", "updated", "closed", "funds_reinstated"]


def test_a_dispute_that_is_lost_brings_nothing_back(hand: Hand) -> None:
    till = hand.sandbox.till
    made = till.close_dispute(till.dispute(hand.card()), "lost")
    assert (made["status"], len(made["balance_transactions"])) == ("lost", 1)
    assert told(hand) == ["created", "funds_withdrawn", "closed"]


def test_an_inquiry_moves_no_money(hand: Hand) -> None:
    till = hand.sandbox.till
    made = till.dispute(hand.card(), inquiry=True)
    assert (made["status"], made["balance_transactions"]) == ("warning_needs_response", [])
    till.close_dispute(made, "warning_closed")
    assert hand.moved(type="adjustment") == []
    assert told(hand) == ["created", "closed"]


def test_an_inquiry_can_become_a_dispute(hand: Hand) -> None:
    till = hand.sandbox.till
    made = till.escalate_dispute(till.answer_dispute(till.dispute(hand.card(), inquiry=True)))
    assert (made["status"], len(made["balance_transactions"])) == ("needs_response", 1)
    assert told(hand) == ["created", "updated", "updated", "funds_withdrawn"]


def test_the_dispute_of_a_bank_debit_is_final(hand: Hand) -> None:
    made = hand.sandbox.till.dispute(hand.bank())
    assert (made["status"], made["reason"]) == ("lost", "debit_not_authorized")
    assert told(hand) == ["created", "funds_withdrawn", "closed"]


@pytest.mark.parametrize("result", ["warning_closed", "gone"])
def test_a_dispute_ends_in_one_of_its_ways_alone(hand: Hand, result: str) -> None:
    till = hand.sandbox.till
    with pytest.raises(StripeError):
        till.close_dispute(till.dispute(hand.card()), result)


def test_a_charge_is_disputed_once(hand: Hand) -> None:
    charge = hand.card()
    hand.sandbox.till.dispute(charge)
    with pytest.raises(StripeError):
        hand.sandbox.till.dispute(charge)


def test_a_charge_that_was_charged_back_is_not_refunded_too(hand: Hand) -> None:
    charge = hand.card()
    hand.sandbox.till.dispute(charge)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        hand.stripe.v1.refunds.create(params={"charge": charge["id"]})
    assert caught.value.code == "charge_disputed"


def test_a_charge_that_is_only_asked_about_can_be_refunded(hand: Hand) -> None:
    charge = hand.card()
    hand.sandbox.till.dispute(charge, inquiry=True)
    assert hand.stripe.v1.refunds.create(params={"charge": charge["id"]}).status == "succeeded"


def test_disputes_are_found_by_charge_intent_and_time(hand: Hand) -> None:
    first = hand.sandbox.till.dispute(hand.card())
    hand.now += 60
    second = hand.sandbox.till.dispute(hand.card())

    def found(**params: Any) -> list[str]:
        return [one["id"] for one in hand.get("disputes", **params)["data"]]

    assert found() == [second["id"], first["id"]]
    assert found(charge=first["charge"]) == found(payment_intent=first["payment_intent"]) == [first["id"]]
    assert found(**{"created[gt]": first["created"]}) == [second["id"]]


def test_every_event_is_as_stripe_specifies(hand: Hand, oracle: ModuleType) -> None:
    till = hand.sandbox.till
    till.close_dispute(till.answer_dispute(till.dispute(hand.card())), "won")
    till.escalate_dispute(till.dispute(hand.card(), inquiry=True))
    till.dispute(hand.bank())
    hand.run_all()
    assert hand.faults(oracle) == []


def test_a_dispute_has_the_fields_that_the_sdk_knows(hand: Hand) -> None:
    made = hand.sandbox.till.dispute(hand.card())
    assert set(made) <= set(stripe.Dispute.__annotations__)
