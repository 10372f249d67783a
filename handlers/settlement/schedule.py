"""When reconciliation runs by itself: a worker looks every ten minutes whether a day is due."""

from collections.abc import Callable

from celery import Celery

from handlers.outbox.worker import LAST

LOOK_SECONDS = 600.0


def schedule(app: Celery, look: Callable[[], None]) -> None:
    """Add the task `reconcile` to a worker, behind everything else that is due. `look` is `Reconciliation.look`.

    Any number of workers may look at once: the day's row lets one of them do it.
    """
    options = {"expires": LOOK_SECONDS, "priority": LAST}
    entry = {"task": "reconcile", "schedule": LOOK_SECONDS, "options": options}
    app.conf.beat_schedule = {**app.conf.beat_schedule, "reconcile": entry}

    @app.task(name="reconcile", shared=False)  # type: ignore[untyped-decorator]
    def reconcile() -> None:
        look()
