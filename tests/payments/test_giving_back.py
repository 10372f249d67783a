"""Sending back what nobody owed: once, whatever gets lost; and a person is told of what could not be sent."""

from typing import Any

import pytest
import stripe
from sqlalchemy import Connection, select, update

from bot.errors import Refused, Unavailable
from bot.money import Money
from handlers.ledger.journal import Book, Line, post
from handlers.ledger.tables import outbox
from handlers.ledger.tickets import open_tickets
from handlers.outbox.deliver import Deliverer
from handlers.outbox.letters import revive
from handlers.outbox.parcel import Carrier, Delivery
from handlers.outbox.rows import LEASE, MOST_ATTEMPTS
from sandbox.stripe_objects import Thing
from tests.fakes import FakeChance
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
    assert Worker(world).deliver() == "dead"
    assert (len(refunds(world)), world.tickets()) == (1, [("second_payment", 5000)])


def test_what_was_put_on_a_bill_by_hand_is_not_sent_back(world: World, charge: Thing) -> None:
    by_hand(world, charge, "receivable")
    with pytest.raises(Refused):
        carry(world)
    assert refunds(world) == []


class Broken:
    """A carrier that kills its worker, or has a bug; the rest of it is the real one."""

    def __init__(self, world: World, error: BaseException) -> None:
        self.given_up = world.give_back.given_up
        self._error = error

    def carry(self, delivery: Delivery) -> str:
        raise self._error


class Worker:
    """Has the outbox deliver the one parcel that sends money back."""

    def __init__(self, world: World) -> None:
        self._world = world
        with world.engine.begin() as connection:
            self.row = int(connection.scalars(select(outbox.c.id).where(outbox.c.kind == "give_back")).one())

    def deliver(self, carrier: Carrier | None = None) -> str:
        world, carriers = self._world, {"give_back": carrier or self._world.give_back}
        chance = FakeChance()
        deliverer = Deliverer(
            world.engine, world.clock, chance, world.sealer, carriers, lambda *_: True, lambda *_: None
        )
        return deliverer.deliver(self.row)

    def change(self, **values: Any) -> None:
        with self._world.engine.begin() as connection:
            connection.execute(update(outbox).where(outbox.c.id == self.row).values(**values))


@pytest.fixture
def worker(world: World, charge: Thing) -> Worker:
    return Worker(world)


def test_what_stripe_refuses_is_told_to_a_person_once(world: World, worker: Worker) -> None:
    for _ in range(2):
        world.sandbox.fail_next("stripe", method="POST", status=403)
        assert worker.deliver() == "dead"
        assert revive(world.engine, worker.row, world.clock)
    assert world.tickets() == [("second_payment", 5000)]


def test_so_is_what_was_tried_for_a_day(world: World, worker: Worker) -> None:
    world.sandbox.fail_next("stripe", status=503, times=200)
    worker.change(attempts=MOST_ATTEMPTS - 2)
    assert (worker.deliver(), world.tickets()) == ("later", [])
    world.clock.pass_time(minutes=15)
    assert (worker.deliver(), world.tickets()) == ("dead", [("second_payment", 5000)])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a bug")], ids=["killed", "a bug"])
def test_so_is_what_ended_every_worker_that_tried(world: World, worker: Worker, error: BaseException) -> None:
    worker.change(attempts=MOST_ATTEMPTS - 1)
    carrier = Broken(world, error)
    with pytest.raises(type(error)):
        worker.deliver(carrier)
    assert world.tickets() == []
    world.clock.pass_time(seconds=LEASE.total_seconds())
    assert (worker.deliver(carrier), world.tickets()) == ("dead", [("second_payment", 5000)])


def test_so_is_what_nobody_can_read_any_more(world: World, worker: Worker, charge: Thing) -> None:
    worker.change(body=b"not what was sealed here at all")
    assert (worker.deliver(), world.tickets()) == ("dead", [("second_payment", 5000)])
    with world.engine.begin() as connection:
        [waiting] = open_tickets(connection)
    assert (waiting.ticket.object_id, waiting.ticket.charge_id) == (charge["id"], charge["id"])


def test_a_row_whose_ticket_cannot_be_opened_is_not_given_up(world: World, worker: Worker) -> None:
    def fail(connection: Connection, delivery: Delivery) -> None:
        raise RuntimeError("a bug")

    carrier = Broken(world, RuntimeError("a bug"))
    carrier.given_up = fail
    worker.change(attempts=MOST_ATTEMPTS)
    with pytest.raises(RuntimeError):
        worker.deliver(carrier)
    assert (worker.deliver(), world.tickets()) == ("dead", [("second_payment", 5000)])


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
