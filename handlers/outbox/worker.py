"""The engine of the outbox: Celery. A task says only "row N is due"; losing every one of them loses nothing."""

import logging
import os
from typing import Any

from billiard import current_process  # type: ignore[import-untyped]
from celery import Celery
from celery.app.log import Logging
from celery.beat import ScheduleEntry, Scheduler, SchedulingError
from kombu.exceptions import OperationalError
from sqlalchemy import Engine

from bot.errors import Unavailable
from bot.ports import Clock
from handlers.ledger.reach import reachable
from handlers.outbox.deliver import Deliverer
from handlers.outbox.rows import HANDED
from handlers.outbox.sweep import sweep

# How often the table is looked at: a key is on its way within a second.
SWEEP_SECONDS = 0.5
# Redis gives the lowest number first: a sweep is not kept waiting by a queue of deliveries.
_FIRST, _SECOND, LAST = 0, 5, 9

_log = logging.getLogger(__name__)


def make_celery(broker_url: str, deliverer: Deliverer, engine: Engine, clock: Clock) -> Celery:
    """The worker's app with its two tasks, `sweep` (on the schedule) and `deliver`; more can be added to it.

    When SQL or the broker is away each task says so in one line, and the next sweep tries again.
    """
    app = Celery("guestpay", broker=broker_url, set_as_current=False, log=_LeaveLogging)
    app.conf.update(_SETTINGS)
    app.conf.beat_schedule = {
        # A sweep that waited longer than until the next one is worth nothing.
        "sweep": {"task": "sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 5, "priority": _FIRST}}
    }
    for chatty in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(chatty).setLevel(logging.WARNING)  # each tells of every task, twice a second

    @app.task(name="deliver", shared=False)  # type: ignore[untyped-decorator]
    def deliver(row_id: int) -> None:
        try:
            deliverer.deliver(row_id)
        except Unavailable:
            _log.warning("SQL is away: an outbox row waits for a later sweep", extra={"row": row_id})

    @app.task(name="sweep", shared=False)  # type: ignore[untyped-decorator]
    def sweep_outbox() -> None:
        try:
            with reachable():
                found = sweep(engine, clock)
        except Unavailable:
            _log.warning("SQL is away: the outbox waits for the next sweep")
            return
        # By the time the message runs out, the next sweep has handed out the row again.
        options = {"expires": HANDED.total_seconds(), "priority": _SECOND, "retry": False}
        try:
            with app.producer_or_acquire() as producer:
                for row_id in found:
                    deliver.apply_async((row_id,), producer=producer, **options)
        except OperationalError:
            _log.warning("the broker is away: %d outbox rows wait for a later sweep", len(found))

    return app


class Timetable(Scheduler):  # type: ignore[misc]  # Celery has no types
    """Celery's schedule, kept in memory alone: there is nothing to remember.

    While the broker is away each try is one line in the log. Celery's own scheduler writes a hundred and fifty.
    Inside a worker (`--beat`) it is a process of its own, and ends when the worker was killed and could not end it.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._worker = os.getppid() if current_process().name == "Beat" else None

    def tick(self, *args: Any, **settings: Any) -> Any:
        """Do what is due; the seconds until the next time."""
        if self._worker not in (None, os.getppid()):
            raise SystemExit
        return super().tick(*args, **settings)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Put a task on the broker whose time has come."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError:
            _log.warning("the broker is away: %s has to wait", entry.name)


class _LeaveLogging(Logging):  # type: ignore[misc]
    """Logging is set up by the program: Celery would put its own handlers and level on the root logger."""

    def setup(self, *_args: Any, **_settings: Any) -> bool:
        """Say that it is done."""
        return True


_SETTINGS = {
    "task_default_queue": "guestpay",
    "task_serializer": "json",
    "accept_content": ["json"],
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    # Deliveries wait for the network. Threads need no care for connections that a fork would share.
    "worker_pool": "threads",
    "worker_concurrency": 8,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        "visibility_timeout": 120,  # seconds; longer than any lease
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "priority_steps": [_FIRST, _SECOND, LAST],
        "queue_order_strategy": "priority",
    },
    "beat_scheduler": f"{__name__}:Timetable",
    "timezone": "UTC",
}
