"""Sending back what nobody owed: once, whatever gets lost; and a person is told of what could not be sent."""

from typing import Any

import pytest
import stripe

from bot.errors import Refused, Unavailable
from bot.money import Money
from handlers.ledger.journal import Book, Line, post
from handlers.outbox.parcel import Delivery
from handlers.outbox.rows import MOST_ATTEMPTS
from sandbox.stripe_objects import Thing
from tests.payments.test_surplus import both_pay, sends_back
from tests.payments.world import World


@pytest.fixture
def charge(world: World) -> Thing:
    """Eli paid $85.95 for a bill that Ana had just paid $50.00 of: $50.00 of his goes back."""
    sends_back(world)
    return both_pay(world, anas=Money(5000))[1]


def carry(world: World, attempts: int = 1) -> str:
    """What a worker does with the parcel."""
    return world.give_back.carry(Delivery(1, world.parcels("give_back")[0], attempts))


def refunds(world: World) -> list[Thing]:
    return world.sandbox.till.store.all("refund")


def test_it_is_sent_back_to_the_card_it_came_from(world: World, charge: Thing) -> None:
    assert carry(world) == refunds(world)[0]["id"]
    assert [(refund["charge"], refund["amount"]) for refund in refunds(world)] == [(charge["id"], 5000)]


@pytest.mark.usefixtures("charge")
def test_doing_it_again_does_nothing_more(world: World) -> None:
    assert {carry(world, attempts) for attempts in (1, 2, 3)} == {refunds(world)[0]["id"]}
    assert len(refunds(world)) == 1


@pytest.mark.usefixtures("charge")
@pytest.mark.parametrize("how", [{"lost": True, "done": True}, {"lost": True}, {"status": 429}, {"status": 500}])
def test_an_answer_that_was_lost_is_asked_for_again(world: World, how: Thing) -> None:
    world.sandbox.fail_next("stripe", method="POST", **how)
    with pytest.raises(Unavailable):
        carry(world)
    assert carry(world, 2) == refunds(world)[0]["id"]
    assert (len(refunds(world)), world.tickets()) == (1, [])


def by_hand(world: World, charge: Thing, book: Book) -> None:
    """Somebody, or something, moves the $50.00 on."""
    now, account_id = world.clock.now(), world.account_id()
    lines = [Line("unapplied", Money(5000), account_id), Line(book, Money(-5000), account_id)]
    with world.engine.begin() as connection:
        post(connection, "by hand", lines, now, now.date(), charge["id"])


def test_a_refund_whose_answer_was_lost_is_found_when_it_has_been_posted_already(world: World, charge: Thing) -> None:
    carry(world)
    by_hand(world, charge, "returning")
    assert carry(world, 90) == refunds(world)[0]["id"]


def test_what_somebody_sent_back_by_hand_is_not_sent_again_and_a_person_is_told(world: World, charge: Thing) -> None:
    world.sandbox.till.refund({"charge": charge["id"]})
    with pytest.raises(Refused):
        carry(world)
    assert (len(refunds(world)), world.tickets()) == (1, [("second_payment", 5000)])


def test_what_was_put_on_a_bill_by_hand_is_not_sent_back(world: World, charge: Thing) -> None:
    by_hand(world, charge, "receivable")
    with pytest.raises(Refused):
        carry(world)
    assert refunds(world) == []


@pytest.mark.usefixtures("charge")
def test_what_stripe_refuses_is_told_to_a_person_once(world: World) -> None:
    for _ in range(2):
        world.sandbox.fail_next("stripe", method="POST", status=403)
        with pytest.raises(Refused):
            carry(world)
    assert world.tickets() == [("second_payment", 5000)]


@pytest.mark.usefixtures("charge")
def test_so_is_what_was_tried_for_a_day(world: World) -> None:
    world.sandbox.fail_next("stripe", status=503, times=200)
    with pytest.raises(Unavailable):
        carry(world, MOST_ATTEMPTS - 1)
    assert world.tickets() == []
    with pytest.raises(Unavailable):
        carry(world, MOST_ATTEMPTS)
    assert world.tickets() == [("second_payment", 5000)]


def test_what_stripe_did_though_it_broke_is_found_before_another_key_is_tried(world: World) -> None:
    """The first try never got there, so its key is still good: Stripe breaks over it only now, when all is done."""
    sends_back(world)
    both_pay(world, anas=Money(2000))
    create = world.client.v1.refunds.create

    def broken(*asked: Any) -> stripe.Refund:
        create(*asked)
        raise stripe.APIError("broken", http_status=500)

    world.client.v1.refunds.create = broken  # type: ignore[assignment, method-assign]
    assert carry(world, 2) == refunds(world)[0]["id"]
    assert [refund["amount"] for refund in refunds(world)] == [2000]
