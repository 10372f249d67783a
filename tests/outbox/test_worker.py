"""The engine for real: Celery with its schedule and a worker, on a Valkey."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
import redis
from celery import Celery
from celery.beat import EmbeddedService
from celery.contrib.testing.worker import start_worker
from sqlalchemy import Engine, create_engine

from handlers.outbox.parcel import Delivery
from handlers.outbox.worker import Timetable, make_celery
from tests.outbox.desk import ANA, Desk, Hand
from tests.sql import sqlite_engine
from tests.valkey import redis_client, redis_url  # noqa: F401

SECONDS = 30  # how long a test waits before it gives up; it takes about one


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = sqlite_engine(tmp_path)
    yield made
    made.dispose()


@contextmanager
def at_work(app: Celery) -> Iterator[None]:
    """A worker and the schedule, in threads, until the block ends."""
    schedule = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")  # which keeps no file
    with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=SECONDS):
        schedule.start()
        try:
            yield
        finally:
            schedule.stop()
            schedule.join(SECONDS)
    app.close()


def test_a_key_is_found_by_the_schedule_and_arrives(desk: Desk, redis_url: str) -> None:  # noqa: F811
    arrived = Event()

    def arrive(delivery: Delivery) -> str:
        arrived.set()
        return f"SM{delivery.id}"

    hand = Hand(arrive)
    app = make_celery(redis_url, desk.worker(hand), desk.engine, desk.clock)
    with at_work(app):
        row_id = desk.put_key()
        assert arrived.wait(SECONDS)
    assert [delivery.id for delivery in hand.carried] == [row_id]
    assert desk.row(row_id).state == "sent"


def test_what_goes_through_the_broker_names_a_row_and_nothing_else(
    desk: Desk,
    redis_url: str,  # noqa: F811
    redis_client: redis.Redis,  # noqa: F811
) -> None:
    app = make_celery(redis_url, desk.worker(Hand()), desk.engine, desk.clock)
    desk.put_key()
    app.tasks["sweep"]()
    kept = b"".join(b"".join(redis_client.lrange(key, 0, -1)) for key in redis_client.keys("guestpay*"))
    assert b'"deliver"' in kept
    assert ANA.value.encode() not in kept
    app.close()


def test_without_the_broker_a_sweep_says_so_in_one_line_and_the_row_waits(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, but nobody listens
        broker = f"redis://127.0.0.1:{closed.getsockname()[1]}/0"
        app = make_celery(broker, desk.worker(Hand()), desk.engine, desk.clock)
        row_id = desk.put()
        app.tasks["sweep"]()
        app.close()
    assert caplog.messages == ["the broker is away: 1 outbox rows wait for a later sweep"]
    desk.clock.pass_time(seconds=30)
    assert desk.sweep() == [row_id]


def test_without_the_broker_the_schedule_says_so_in_one_line_and_goes_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, but nobody listens
        broker = f"redis://127.0.0.1:{closed.getsockname()[1]}/0"
        app = make_celery(broker, desk.worker(Hand()), desk.engine, desk.clock)
        timetable = Timetable(app, lazy=True)
        timetable.apply_entry(timetable.Entry("sweep", "sweep", schedule=0.5, options={"retry": False}, app=app))
        app.close()
    assert caplog.messages == ["the broker is away: sweep has to wait"]


@pytest.mark.parametrize(("task", "args"), [("sweep", ()), ("deliver", (1,))])
def test_without_sql_a_task_says_so_in_one_line(
    caplog: pytest.LogCaptureFixture, task: str, args: tuple[int, ...]
) -> None:
    nowhere = Desk(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    app = make_celery("redis://127.0.0.1:1/0", nowhere.worker(Hand()), nowhere.engine, nowhere.clock)
    with caplog.at_level(logging.INFO):
        app.tasks[task](*args)
    app.close()
    (line,) = caplog.messages
    assert line.startswith("SQL is away")
