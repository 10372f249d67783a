"""What the sweep finds, and what it leaves alone."""

from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from bot.errors import Unavailable
from handlers.outbox.parcel import Unsure
from tests.outbox.desk import Desk, Hand, failing


def test_a_row_is_handed_out_when_it_is_due_and_not_before(desk: Desk) -> None:
    row_id = desk.put(due_at=desk.clock.now() + timedelta(seconds=10))
    assert desk.sweep() == []
    desk.clock.pass_time(seconds=10)
    assert desk.sweep() == [row_id]


def test_a_row_on_the_broker_is_left_alone_for_half_a_minute_and_then_handed_out_again(desk: Desk) -> None:
    row_id = desk.put()
    desk.sweep()
    desk.clock.pass_time(seconds=29)
    assert desk.sweep() == []
    desk.clock.pass_time(seconds=1)
    assert desk.sweep() == [row_id]


def test_a_row_in_a_workers_hands_is_left_alone(desk: Desk) -> None:
    row_id = desk.put()
    desk.change(row_id, leased_until=desk.clock.now() + timedelta(seconds=1), attempts=1)
    assert desk.sweep() == []


@pytest.mark.parametrize("state", ["sent", "dropped", "dead"])
def test_a_row_that_is_done_with_is_never_handed_out(desk: Desk, state: str) -> None:
    desk.change(desk.put(), state=state, done_at=desk.clock.now())
    assert desk.sweep() == []


def test_a_row_that_stays_unsure_is_never_handed_out(desk: Desk) -> None:
    desk.change(desk.put_key(), state="unsure", done_at=desk.clock.now())
    assert desk.sweep() == []


def test_a_row_that_is_to_be_asked_about_is_handed_out(desk: Desk) -> None:
    row_id = desk.put()
    desk.change(row_id, state="unsure", attempts=1)
    assert desk.sweep() == [row_id]


def test_keys_go_first_then_what_was_due_first(desk: Desk) -> None:
    late = desk.put("late")
    early = desk.put("early", due_at=desk.clock.now() - timedelta(minutes=1))
    key = desk.put_key()
    assert desk.sweep() == [key, early, late]


def test_no_more_than_the_limit_is_on_the_broker_at_once(desk: Desk) -> None:
    rows = [desk.put(f"row {number}") for number in range(5)]
    assert desk.sweep(limit=2) == rows[:2]
    assert desk.sweep(limit=2) == []
    desk.deliver(rows[0], Hand())
    assert desk.sweep(limit=2) == [rows[2]]


def test_a_row_whose_time_ran_out_is_dropped_and_erased(desk: Desk) -> None:
    row_id = desk.put_key()
    desk.clock.pass_time(minutes=10)
    assert desk.sweep() == []
    row = desk.row(row_id)
    assert (row.state, row.error, row.body, row.recipient) == ("dropped", "expired", None, None)
    assert row.done_at == desk.clock.now()


@pytest.mark.parametrize("error", [Unsure(), KeyboardInterrupt()])
def test_a_row_that_may_have_been_done_is_not_called_dropped_when_its_time_runs_out(
    desk: Desk, error: BaseException
) -> None:
    row_id = desk.put(expires_at=desk.clock.now() + timedelta(minutes=1))
    with suppress(KeyboardInterrupt):  # the worker died
        desk.deliver(row_id, Hand(failing(error)))
    desk.clock.pass_time(minutes=10)
    assert desk.sweep() == []
    assert (desk.row(row_id).state, desk.row(row_id).error) == ("unsure", "expired")


def test_a_row_to_be_tried_again_is_handed_out_the_moment_it_is_due(desk: Desk) -> None:
    row_id = desk.put()
    desk.sweep()
    desk.deliver(row_id, Hand(failing(Unavailable("away"))))
    desk.clock.pass_time(seconds=5)
    assert desk.sweep() == [row_id]


def test_sweeps_at_the_same_time_hand_out_every_row_once(desk: Desk) -> None:
    rows = [desk.put(f"row {number}") for number in range(30)]
    start = Barrier(3)
    found: list[int] = []

    def one() -> None:
        start.wait()
        found.extend(desk.sweep())

    threads = [Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == rows
