"""Logs: one line of JSON an event, for machines to read and for people to grep; masked whoever wrote it (RULES S9).

Write `log.info("link made", extra={"ref": ref, "flow": "pay_bill"})`: a short fixed event, and fields beside it.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from handlers.console.masking import mask

# What every record has by itself; the rest came in as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# Fields of our own making that masking would spoil, each shown whole only if it looks as it must: a keyed hash, a
# reference to read out, and the number of a row of ours.
_WHOLE = {
    "person": re.compile(r"[A-Za-z0-9_-]{22}"),
    "ref": re.compile(r"[0-9]{4}-[0-9]{4}"),
    "row": re.compile(r"[0-9]{1,18}"),
}

# What other people's libraries may say: `transitions` tells every step, `twilio` bodies and numbers, `urllib3` links.
_OTHERS = {
    "transitions": logging.WARNING,
    "twilio": logging.WARNING,
    "stripe": logging.WARNING,
    "urllib3": logging.WARNING,
    "werkzeug": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "kombu": logging.WARNING,
    "amqp": logging.WARNING,
    "alembic": logging.WARNING,
    "celery": logging.INFO,
}


class JsonLines(logging.Formatter):
    """Makes a record one line of JSON in ASCII: control characters and line breaks of an attacker come out escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Render the record; what is no text, number or truth value is named by its type alone."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": mask(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _OWN:
                line[name] = _shown(name, value)
        if record.exc_info and record.exc_info[1]:
            line["error"] = story(record.exc_info[1])
        return json.dumps(line)


def story(error: BaseException) -> list[str]:
    """An exception and its causes, oldest first: where it went, function by function, then its masked message.

    Neither source lines nor values: both may quote what a person sent.
    """
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        lines = [*_path(link.__traceback__), mask(f"{type(link).__qualname__}: {link}"), *lines]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return lines


def _path(trace: TracebackType | None) -> list[str]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _shown(name: str, value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    whole = _WHOLE.get(name)
    if whole is not None and whole.fullmatch(str(value)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10_000 else mask(str(value))
    return mask(value) if isinstance(value, str) else f"<{type(value).__name__}>"


def set_up_logging(stream: TextIO, level: int = logging.INFO) -> None:
    """Send every logger's records to `stream`, and quieten the libraries. Calling it again replaces the first call."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, JsonLines):
            root.removeHandler(handler)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(level)
    for name, quietest in _OTHERS.items():
        logging.getLogger(name).setLevel(max(level, quietest))
