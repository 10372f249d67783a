"""What STATUS and RECEIPT are told, and what nobody may read in a log."""

import logging

import pytest

from bot.money import Money
from bot.ports import PaymentView
from tests.cast import ANA, BENS_PHONE, texting
from tests.payments.world import ANA_TEXTS, BASE, World


def latest(world: World) -> PaymentView:
    view = world.payments.latest("prairie", ANA_TEXTS)
    assert view
    return view


def test_who_never_paid_has_no_payment(world: World) -> None:
    world.link()
    assert world.payments.latest("prairie", texting(BENS_PHONE)) is None


def test_another_utility_knows_nothing_of_it(world: World) -> None:
    world.link()
    assert world.payments.latest("elsewhere", ANA_TEXTS) is None


def test_a_link_that_was_sent_is_shown_again(world: World) -> None:
    record = world.link()
    assert (latest(world).state, latest(world).link_url) == ("link_sent", f"{BASE}/p/{record.token}")


def test_an_opened_link_is_shown_again(world: World) -> None:
    record = world.link()
    world.web.get(f"/p/{record.token}")
    assert (latest(world).state, latest(world).receipt_url) == ("opened", None)


def test_a_paid_payment_shows_its_receipt_and_no_link(world: World) -> None:
    record = world.link()
    world.clock.pass_time(minutes=5)
    world.pay(record)
    view = latest(world)
    assert (view.state, view.link_url, view.receipt_url) == ("paid", None, f"{BASE}/r/{record.receipt_token}")
    assert view.at == world.clock.now()


def test_a_payment_that_was_sent_back_is_not_called_paid_and_shows_when(world: World) -> None:
    world.pay(world.link())
    world.clock.pass_time(days=2)
    world.refund()
    view = latest(world)
    assert (view.state, view.at) == ("refunded", world.clock.now())
    assert (view.link_url, view.receipt_url) == (None, None)


def test_a_link_past_its_time_is_not_shown(world: World) -> None:
    world.link()
    world.clock.pass_time(hours=1)
    assert (latest(world).state, latest(world).link_url) == ("expired", None)


def test_the_newest_payment_is_the_last_one(world: World) -> None:
    world.link()
    world.clock.pass_time(minutes=1)
    world.link(amount=Money(5000))
    assert latest(world).amount == Money(5000)


def test_no_log_line_shows_a_number_a_token_or_a_link(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.deaf = RuntimeError("nobody there")
    with caplog.at_level(logging.INFO):
        record = world.link()
        world.web.get(f"/p/{record.token}")
        world.pay(record)
        world.post(b"not an event")
        world.post(b"{}", header=None)
        world.deliver({**world.events_of("charge.succeeded")[0], "id": "evt_2", "type": "charge.dispute.created"})
    lines = "\n".join(f"{one.getMessage()} {vars(one)} {one.exc_text}" for one in caplog.records)
    assert len(caplog.records) == 4
    hidden = (
        ANA.reveal(),
        "2175550111",
        record.token,
        record.receipt_token,
        record.link_url,
        record.link_id,
        "cs_test",
    )
    assert [secret for secret in hidden if str(secret) in lines] == []


def test_after_another_sum_came_in_nobody_is_told_that_nothing_was_paid(world: World) -> None:
    record = world.link()
    session = world.visit(record)
    session["amount_total"] += 1
    world.sandbox.till.pay_by_card(session)
    world.deliver(world.events_of("checkout.session.completed")[-1])
    world.clock.pass_time(minutes=61)
    world.carry_due("close_link")
    assert (latest(world).state, latest(world).receipt_url) == ("held", None)
    assert "Another sum came in" in world.web.get(f"/r/{record.receipt_token}").text
