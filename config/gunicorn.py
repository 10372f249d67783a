"""How gunicorn serves us: `gunicorn -c config/gunicorn.py wsgi:app`.

Two processes a core would only fight over it: a turn is 1 ms of Python and the rest is waiting, for SQL a little and
for Stripe up to 8 s (RULES M7), so each process has threads that can wait. More machines, not more of these, is the
way to grow. A process keeps nothing that another needs.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

_FIGURES = "PROMETHEUS_MULTIPROC_DIR"

# Only this machine, unless told otherwise: a proxy with TLS stands in front. In a container: HOST=0.0.0.0.
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", str(max(2, os.cpu_count() or 1))))
worker_class = "gthread"
threads = 16
preload_app = False  # each process makes its own connections

timeout = 30  # Twilio has given up after 15 s (RULES T3)
graceful_timeout = 20
keepalive = 15  # Twilio and proxies keep connections; longer than their pauses within a talk

# RULES S4 for what comes before the body; the bodies' limits are in handlers.edge.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# The address a request came from is the peer's own: no header may claim another.
forwarded_allow_ips = ""
control_socket_disable = True

logger_class = "handlers.console.access.AccessLog"
accesslog = "-"
errorlog = "-"
loglevel = "info"


def on_starting(_server: Any) -> None:
    """Before there is any process: see that the settings are good, and give the processes a folder to count in."""
    _check_settings()
    _make_folder()


def _check_settings() -> None:
    """End with one line where a setting is missing: found out by a process, gunicorn would only start it once more."""
    from config import profiles, settings

    try:
        profiles.load(settings.read(os.environ).utilities, profiles.spoken())
    except settings.BadSetting as bad:
        sys.exit(f"guestpay: {bad}")


def _make_folder() -> None:
    """A folder in which the processes count together, before any of them imports prometheus_client.

    One named from outside is kept, so that a worker on the same machine can count in it too.
    """
    if _FIGURES not in os.environ:
        os.environ[_FIGURES] = tempfile.mkdtemp(prefix=_ours())
    Path(os.environ[_FIGURES]).mkdir(parents=True, exist_ok=True)


def child_exit(_server: Any, worker: Any) -> None:
    """A process has ended: what it counted stays, what it held does not."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Clear away the folder, if it was ours."""
    folder = os.environ.get(_FIGURES, "")
    if Path(folder).name.startswith(_ours()):
        shutil.rmtree(folder, ignore_errors=True)


def _ours() -> str:
    """How the folder of this master process begins. The number tells it from that of a master started after us."""
    return f"guestpay-metrics-{os.getpid()}-"
