"""Crashes: whatever breaks between two phases, doing it again puts it right, and nothing is half done."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.errors import Unavailable
from bot.ports import LinkReady
from tests.payments.world import ANA_TEXTS, World

AWAY = OperationalError("", None, Exception("away"))


class Crash(Exception):
    """The process dies here."""


@contextmanager
def crash_at(world: World, start: str, error: Exception | None = None) -> Iterator[None]:
    """Die just before the first SQL statement that begins like this."""
    died = []

    def die(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if " ".join(statement.split()).startswith(start):
            died.append(statement)
            raise error or Crash

    event.listen(world.engine, "before_cursor_execute", die)
    try:
        yield
    finally:
        event.remove(world.engine, "before_cursor_execute", die)
    assert died, "there is no such statement"


REQUEST_POINTS = [
    "INSERT INTO payment",
    "UPDATE payment SET withdrawn_at",
    "UPDATE payment SET link_id",
    "INSERT INTO outbox",
]
WEBHOOK_POINTS = [
    "INSERT INTO stripe_event",
    "INSERT INTO charge",
    "INSERT INTO journal",
    "INSERT INTO entry",
    "UPDATE payment SET paid_at",
    "UPDATE payment SET checkout_session",
    "INSERT INTO outbox",
    "UPDATE stripe_event",
]


@pytest.mark.parametrize("point", REQUEST_POINTS)
def test_an_order_that_died_half_way_is_one_payment_and_one_link_in_the_end(world: World, point: str) -> None:
    old, order = world.link(), world.order()
    with crash_at(world, point), suppress(Crash):
        world.payments.request(order)
    again = world.payments.request(order)
    assert isinstance(again, LinkReady)
    assert (world.payments_written(), len(world.sandbox.till.store.all("payment_link"))) == (2, 2)
    world.carry_due("close_link")
    assert (world.active(old), world.active(world.record(again.payment))) == (False, True)


@pytest.mark.parametrize("point", WEBHOOK_POINTS)
def test_an_event_that_died_half_way_left_nothing_and_counts_once_when_it_comes_again(world: World, point: str) -> None:
    world.sandbox.till.pay_by_card(world.visit(world.link()))
    completed = world.events_of("checkout.session.completed")[-1]
    with crash_at(world, point):
        assert world.deliver(completed).status_code == 500
    assert (world.causes(), world.texts(), world.judged(), world.told) == ([], [], [], [])
    assert world.deliver(completed).status_code == 200
    assert (world.causes() != [], len(world.texts()), world.told[0][2]) == (True, 1, "paid")


@pytest.mark.parametrize("point", WEBHOOK_POINTS)
def test_when_sql_goes_away_stripe_is_asked_to_come_again(world: World, point: str) -> None:
    world.sandbox.till.pay_by_card(world.visit(world.link()))
    completed = world.events_of("checkout.session.completed")[-1]
    with crash_at(world, point, AWAY):
        assert world.deliver(completed).status_code == 503
    assert world.deliver(completed).status_code == 200
    assert len(world.causes()) == 1


def test_when_sql_goes_away_no_link_is_shown(world: World) -> None:
    with crash_at(world, "INSERT INTO payment", AWAY), pytest.raises(Unavailable):
        world.payments.request(world.order())
    assert world.payments.latest("prairie", ANA_TEXTS) is None


@pytest.mark.parametrize("how", [{"status": 500}, {"status": 429}, {"lost": True}, {"status": 401}])
def test_when_stripe_is_away_it_is_asked_to_come_again(world: World, how: dict[str, Any]) -> None:
    world.sandbox.till.pay_by_card(world.visit(world.link()))
    completed = world.events_of("checkout.session.completed")[-1]
    world.sandbox.fail_next("stripe", **how)
    assert world.deliver(completed).status_code == 503
    assert world.deliver(completed).status_code == 200
    assert len(world.causes()) == 1
