"""Disputes: the account owes no more until one is lost; whatever the order, the books end the same (ADR 0014)."""

from itertools import permutations

import pytest
import stripe

from bot.errors import Unavailable
from handlers.ledger.journal import receivable
from handlers.payments.disputes import Disputes
from handlers.payments.refunds import Refunds
from tests.payments.back import Back, paid, paid_again, stranger, told_backwards_and_twice
from tests.payments.world import World

ALL = -8595
KEPT = {"fees": -175, "receivable": -8420, "stripe": 8595}


def apply(back: Back, *disputes: stripe.Dispute) -> None:
    for dispute in disputes:
        back.apply(Disputes(back.world.clock, *back.tools), dispute, "charge.dispute.updated")


def refund(back: Back, amount: int) -> None:
    back.apply(Refunds(back.world.clock, *back.tools), [back.refund(amount=amount)])


def owed(back: Back) -> int:
    with back.world.engine.begin() as connection:
        return receivable(connection, back.record.account_id)


def test_what_a_dispute_takes_lies_apart_and_the_bill_stays_paid(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("needs_response", [ALL]))
    assert back.books() == {"disputed": 8595, "fees": -175, "receivable": -8420}
    assert (owed(back), back.facts()) == (0, {"disputed_at"})
    assert (back.told(), back.tickets()) == (["disputed"], ["dispute"])


def test_a_lost_dispute_opens_the_bill_again(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("needs_response", [ALL]), back.dispute("lost", [ALL]))
    assert (back.books(), owed(back)) == ({}, 8420)
    assert back.facts() == {"disputed_at", "charged_back_at"}
    assert (back.told(), back.tickets()) == (["disputed", "dispute_lost"], ["dispute"])


def test_a_dispute_that_is_won_leaves_all_as_it_was(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("needs_response", [ALL]), back.dispute("won", [ALL, -ALL]))
    assert (back.books(), owed(back)) == (KEPT, 0)
    assert back.facts() == {"disputed_at", "dispute_won_at"}
    assert (back.told(), back.tickets()) == (["disputed", "dispute_won"], ["dispute"])


def test_an_inquiry_moves_nothing_and_only_the_utility_hears_of_it(world: World) -> None:
    back = paid(world)
    for status in ("warning_needs_response", "warning_under_review", "warning_closed"):
        apply(back, back.dispute(status))
    assert (back.books(), back.facts(), back.told(), back.tickets()) == (KEPT, set(), [], ["dispute"])


def test_an_inquiry_that_becomes_a_dispute_is_one_of_its_own(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("warning_needs_response"), back.dispute("needs_response", [ALL]))
    assert (back.told(), back.tickets()) == (["disputed"], ["dispute", "dispute"])


def test_a_dispute_of_a_part_takes_that_part_and_the_state_stays(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("lost", [-2000], amount=2000))
    assert back.books() == {"fees": -175, "receivable": -6420, "stripe": 6595}
    assert (owed(back), back.facts(), back.told()) == (2000, {"disputed_at"}, ["dispute_lost"])


def test_two_part_disputes_that_take_it_all_are_a_charge_back(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("lost", [-2000], 1, 2000), back.dispute("lost", [-6595], 2, 6595))
    assert (back.books(), back.facts()) == ({}, {"disputed_at", "charged_back_at"})


def test_one_of_two_disputes_may_be_lost_while_the_other_is_open(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("needs_response", [-2000], 1, 2000), back.dispute("lost", [-1000], 2, 1000))
    assert (back.books()["disputed"], owed(back)) == (2000, 1000)


@pytest.mark.parametrize("lost_first", [True, False])
def test_what_refunds_and_the_bank_took_together_ends_the_same_in_either_order(world: World, lost_first: bool) -> None:
    back = paid(world)
    lost = back.dispute("lost", [-6595], amount=6595)
    if lost_first:
        apply(back, lost)
    refund(back, 2000)
    if not lost_first:
        apply(back, lost)
    assert (back.books(), owed(back), back.facts()) == ({}, 8420, {"disputed_at", "charged_back_at"})


def test_a_dispute_of_the_whole_after_a_part_went_back_is_looked_at(world: World) -> None:
    back = paid(world)
    refund(back, 2000)
    apply(back, back.dispute("lost", [ALL]))
    assert back.books() == {"stripe": -2000, "unapplied": 2000}
    assert (owed(back), back.tickets()) == (8420, ["dispute", "unclear_event"])


def test_what_the_bank_returns_of_it_later_puts_that_right(world: World) -> None:
    back = paid(world)
    refund(back, 2000)
    apply(back, back.dispute("lost", [ALL]), back.dispute("lost", [ALL, 2000]), back.dispute("lost", [ALL, 2000]))
    assert (back.books(), owed(back)) == ({}, 8420)


def test_a_refund_while_the_bank_disputes_takes_from_the_bill(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("needs_response", [-2000], amount=2000))
    refund(back, 1000)
    apply(back, back.dispute("won", [-2000, 2000], amount=2000))
    assert (back.books(), owed(back)) == ({"fees": -175, "receivable": -7420, "stripe": 7595}, 1000)


def test_a_dispute_won_by_an_appeal_after_it_was_lost_waits_for_a_person(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("lost", [ALL]), back.dispute("appeal_under_review", [ALL]))
    apply(back, back.dispute("won", [ALL, -ALL]), back.dispute("won", [ALL, -ALL]))
    assert back.books() == {"stripe": 8595, "unapplied": -8595}
    assert (owed(back), back.tickets()) == (8420, ["dispute", "dispute"])
    assert back.told() == ["dispute_lost", "dispute_won_late"]


def test_an_older_picture_of_a_loss_charges_nothing_back_that_was_won_since(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("won", [ALL, -ALL]), back.dispute("lost", [ALL]))
    assert (back.books(), owed(back), back.told()) == (KEPT, 0, ["dispute_won"])


def test_a_dispute_that_was_prevented_with_the_payers_money_back_is_lost(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("prevented", [ALL]))
    assert (back.books(), owed(back)) == ({}, 8420)


def test_a_dispute_that_was_prevented_at_no_cost_is_nothing(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("prevented"))
    assert (back.books(), back.facts(), back.told(), back.tickets()) == (KEPT, set(), [], [])


def test_a_loss_that_took_nothing_leaves_the_bill_paid(world: World) -> None:
    back = paid(world)
    apply(back, back.dispute("lost"))
    assert (back.books(), owed(back), back.told()) == (KEPT, 0, [])


def test_a_lost_dispute_of_a_second_payment_leaves_the_first_and_its_bill_alone(world: World) -> None:
    back = paid_again(paid(world))
    apply(back, back.dispute("lost", [ALL]))
    assert (back.books(), owed(back), back.facts()) == (KEPT, 0, set())
    assert back.told() == ["dispute_lost_unchanged"]


def test_a_strangers_dispute_takes_what_the_stranger_brought(world: World) -> None:
    back = stranger(world)
    apply(back, back.dispute("lost", [ALL]))
    assert (back.books(), back.told(), back.tickets()) == ({}, [], ["dispute"])


def test_a_dispute_of_a_charge_that_nobody_knows_is_posted_and_looked_at(world: World) -> None:
    back = stranger(world, kept=False)
    unknown = {**back.fetched_charge(), "metadata": {}}
    apply(back, back.dispute("needs_response", [ALL], charge=unknown))
    assert back.books() == {"disputed": 8595, "stripe": -8595}
    apply(back, back.dispute("lost", [ALL], charge=unknown))
    assert back.books() == {"stripe": -8595, "unapplied": 8595}
    assert (back.tickets(), back.told()) == (["unknown_dispute"], [])


def test_a_dispute_of_our_charge_that_stripe_has_not_told_us_of_comes_again(world: World) -> None:
    back = stranger(world, kept=False)
    with pytest.raises(Unavailable):
        apply(back, back.dispute("needs_response", [ALL]))
    assert back.causes() == []


LOST = (("needs_response", ()), ("needs_response", (ALL,)), ("under_review", (ALL,)), ("lost", (ALL,)))
WON = (("needs_response", (ALL,)), ("under_review", (ALL,)), ("won", (ALL,)), ("won", (ALL, -ALL)))
Picture = tuple[str, tuple[int, ...]]


def show(order: tuple[Picture, ...]) -> str:
    return "-".join(f"{status}{len(moves)}" for status, moves in order)


@pytest.mark.parametrize("order", list(permutations(LOST)), ids=show)
def test_a_lost_dispute_ends_the_same_in_whatever_order_its_pictures_are_taken(
    world: World, order: tuple[Picture, ...]
) -> None:
    back = paid(world)
    for status, moves in (*order, *order):
        apply(back, back.dispute(status, moves))
    assert (back.books(), owed(back), back.tickets()) == ({}, 8420, ["dispute"])
    assert back.facts() == {"disputed_at", "charged_back_at"}
    assert back.told() == (["dispute_lost"] if order[0][0] == "lost" else ["disputed", "dispute_lost"])


@pytest.mark.parametrize("order", list(permutations(WON)), ids=show)
def test_a_won_dispute_ends_the_same_in_whatever_order_its_pictures_are_taken(
    world: World, order: tuple[Picture, ...]
) -> None:
    back = paid(world)
    for status, moves in (*order, *order):
        apply(back, back.dispute(status, moves))
    assert (back.books(), owed(back), back.tickets()) == (KEPT, 0, ["dispute"])
    assert back.facts() == {"disputed_at", "dispute_won_at"}
    assert back.told() == (["dispute_won"] if order[0][0] == "won" else ["disputed", "dispute_won"])


# Over the miniature Stripe


@pytest.mark.parametrize(("end", "still_owed", "held"), [("won", 0, 8595), ("lost", 8420, 0)])
def test_an_inquiry_becomes_a_dispute_that_is_answered_and_decided(
    world: World, end: str, still_owed: int, held: int
) -> None:
    record = world.link()
    world.pay(record)
    till = world.sandbox.till
    since = len(till.webhooks.deliveries)
    dispute = till.dispute(till.store.all("charge")[0], inquiry=True)
    for step in (till.escalate_dispute, till.answer_dispute):
        told_backwards_and_twice(world, since)
        since = len(till.webhooks.deliveries)
        step(dispute)
    told_backwards_and_twice(world, since)
    assert (world.owed(record.account_id).minor, world.book("disputed")) == (0, 8595)
    since = len(till.webhooks.deliveries)
    till.close_dispute(dispute, end)
    told_backwards_and_twice(world, since)
    assert (world.owed(record.account_id).minor, world.book("stripe")) == (still_owed, held)
    assert world.book("disputed") == 0


def test_a_bank_debit_that_its_bank_takes_back_is_lost_at_once(world: World) -> None:
    record = world.link(method="bank")
    session, till = world.visit(record), world.sandbox.till
    till.pay_by_bank(session)
    till.dispute(till.settle_bank(session, good=True))
    for event in [one.event for one in till.webhooks.deliveries]:
        world.deliver(event)
    assert (world.owed(record.account_id).minor, world.book("stripe")) == (8420, 0)
    assert "your bank took back $84.20" in world.texts()[-1]
