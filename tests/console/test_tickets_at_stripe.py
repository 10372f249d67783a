"""A ticket's money goes back by way of Stripe, or stays: the miniature Stripe has the last word, the ledger follows."""

import pytest

from handlers.payments.unapplied import Unapplied
from handlers.payments.wording import Texts, Wording
from tests.cast import PRAIRIE
from tests.payments.conftest import client, sandbox, world  # noqa: F401
from tests.payments.world import World


@pytest.fixture
def unapplied(world: World) -> Unapplied:  # noqa: F811
    """The ledger after Stripe took $85.96 instead of Ana's $85.95: ticket 1."""
    session = world.visit(world.link())
    session["amount_total"] += 1
    world.sandbox.till.pay_by_card(session)
    tell(world, "checkout.session.completed")
    return Unapplied(
        world.engine, world.clock, Texts(Wording(world.speech, world.utilities), world.sealer), world.sealer
    )


def tell(world: World, kind: str) -> None:  # noqa: F811
    """Have Stripe tell of what happened last."""
    assert world.deliver(world.events_of(kind)[-1]).status_code == 200


def test_what_is_sent_back_leaves_stripe_once_and_the_payer_reads_of_it(
    world: World,  # noqa: F811
    unapplied: Unapplied,
) -> None:
    unapplied.refund(PRAIRIE, 1, "Kim")
    for _ in range(2):
        world.carry_due("give_back")
    for _ in range(2):
        tell(world, "refund.created")
    assert [refund["amount"] for refund in world.sandbox.till.store.all("refund")] == [8596]
    assert (world.book("unapplied"), world.book("stripe"), world.book("returning")) == (0, 0, 0)
    assert "$85.96" in world.texts()[-1]
    assert "back to you" in world.texts()[-1]


def test_what_was_credited_and_is_refunded_at_stripe_after_all_is_taken_off_the_account_again(
    world: World,  # noqa: F811
    unapplied: Unapplied,
) -> None:
    unapplied.credit(PRAIRIE, 1, "Kim")
    assert world.owed(world.account_id()).minor == 8420 - 8596
    world.sandbox.till.refund({"charge": world.sandbox.till.store.all("charge")[0]["id"]})
    tell(world, "refund.created")
    assert world.owed(world.account_id()).minor == 8420
    assert world.book("unapplied") == 0
