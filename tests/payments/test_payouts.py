"""Payouts: what leaves our balance at Stripe for the bank, and what comes back, each once."""

from itertools import permutations
from typing import Any

import pytest
import stripe
from sqlalchemy import select

from handlers.ledger.tables import ticket
from handlers.payments.payouts import Payouts
from tests.payments.back import Back, paid, told_backwards_and_twice
from tests.payments.world import World

GONE = {"bank": 8000, "fees": -175, "receivable": -8420, "stripe": 595}
HERE = {"fees": -175, "receivable": -8420, "stripe": 8595}


def payout(status: str, amount: int = 8000, **change: Any) -> stripe.Payout:
    failed = status in ("failed", "canceled")
    shape = {
        "id": "po_1",
        "object": "payout",
        "amount": amount,
        "arrival_date": 1795305600,
        "automatic": True,
        "balance_transaction": "txn_po_1",
        "created": 1795305600,
        "currency": "usd",
        "failure_balance_transaction": "txn_po_2" if failed else None,
        "failure_code": "account_closed" if failed else None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "status": status,
        "type": "bank_account",
    }
    return stripe.Payout.construct_from({**shape, **change}, "sk_test_tests")


def apply(back: Back, *payouts: stripe.Payout) -> None:
    for one in payouts:
        back.apply(Payouts(back.world.clock, back.tools[0]), one, "payout.updated")


def test_a_payout_goes_from_stripe_to_the_bank_once_when_it_is_made(world: World) -> None:
    back = paid(world)
    apply(back, *(payout(status) for status in ("pending", "in_transit", "paid", "paid")))
    assert (back.books(), back.causes()) == (GONE, ["paid:ch_1", "payout:po_1"])


@pytest.mark.parametrize(("status", "ticket"), [("failed", "payout_failed"), ("canceled", None)])
def test_a_payout_that_came_back_is_at_stripe_again(world: World, status: str, ticket: str | None) -> None:
    back = paid(world)
    apply(back, payout("paid"), payout(status))
    assert (back.books(), back.verdicts[-1].ticket) == (HERE, ticket)


@pytest.mark.parametrize("order", list(permutations(("pending", "paid", "failed"))), ids="-".join)
def test_a_payout_ends_the_same_in_whatever_order_its_pictures_are_taken(world: World, order: tuple[str, ...]) -> None:
    back = paid(world)
    apply(back, *map(payout, (*order, *order)))
    assert back.books() == HERE


def test_a_negative_payout_brings_money_from_the_bank(world: World) -> None:
    back = paid(world)
    apply(back, payout("paid", -500))
    assert back.books() == {"bank": -500, "fees": -175, "receivable": -8420, "stripe": 9095}


def test_over_the_miniature_stripe_a_payout_goes_out_and_comes_back(world: World) -> None:
    world.pay(world.link())
    till = world.sandbox.till
    for moved in till.store.all("balance_transaction"):
        moved["available_on"] = 0
    since = len(till.webhooks.deliveries)
    sent = till.pay_out()
    told_backwards_and_twice(world, since)
    assert (world.book("bank"), world.book("stripe")) == (sent["amount"], 8595 - sent["amount"])
    since = len(till.webhooks.deliveries)
    till.settle_payout(sent, good=False)
    told_backwards_and_twice(world, since)
    assert (world.book("bank"), world.book("stripe")) == (0, 8595)
    with world.engine.begin() as connection:
        assert list(connection.scalars(select(ticket.c.kind))) == ["payout_failed"]
