"""gunicorn's own log lines, in the same JSON as ours: its errors, and one line a request."""

import logging
from datetime import timedelta
from typing import Any, TextIO

from gunicorn.glogging import Logger

from handlers.console.logs import JsonLines

# Asked every few seconds by machines: a line each would only hide the others.
_FIXED = frozenset({"/sms/status", "/stripe/webhook"})
_UNTOLD = frozenset({"/health", "/ready", "/metrics"})


class AccessLog(Logger):  # type: ignore[misc]
    """The `logger_class` of `config/gunicorn.py`."""

    def _set_handler(
        self, log: logging.Logger, output: str, fmt: logging.Formatter, stream: TextIO | None = None
    ) -> None:
        fmt = JsonLines()  # whatever gunicorn made
        super()._set_handler(log, output, fmt, stream)

    def access(self, resp: Any, _req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """One request: method, the first part of its path, status, time taken. No query, token, address or agent."""
        path = environ.get("PATH_INFO", "")
        if path in _UNTOLD or not self.access_log_enabled:
            return
        self.access_log.info(
            "request",
            extra={
                "method": environ.get("REQUEST_METHOD", ""),
                "path": _public(path),
                "status": int(str(resp.status).split(" ", 1)[0]),
                "seconds": round(request_time.total_seconds(), 4),
            },
        )


def _public(path: str) -> str:
    """The first part of the path: what follows may be somebody's token ("/p/...")."""
    if path in _FIXED:
        return path
    first, _, rest = path[1:].partition("/")
    return f"/{first}/[hidden]" if rest else f"/{first}"
