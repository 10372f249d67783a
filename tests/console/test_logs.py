"""Logs: one line of JSON an event, masked, whoever wrote it."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest

from handlers.console.logs import JsonLines, set_up_logging

Written = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Written]:
    """Logging set up as in life, and put back afterwards."""
    root, stream = logging.getLogger(), StringIO()
    before, level = list(root.handlers), root.level
    set_up_logging(stream, logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


log = logging.getLogger("guestpay.test")


def test_an_event_is_one_line_with_its_fields(written: Written) -> None:
    log.info("turn", extra={"flow": "pay_bill", "outcome": "link_sent", "ok": True, "seconds": 0.0123})
    [line] = written()
    assert {name: line[name] for name in line if name != "time"} == {
        "level": "info",
        "logger": "guestpay.test",
        "event": "turn",
        "flow": "pay_bill",
        "outcome": "link_sent",
        "ok": True,
        "seconds": 0.0123,
    }
    assert line["time"].endswith("+00:00")


def test_line_breaks_and_control_characters_cannot_forge_a_line(written: Written) -> None:
    log.info('\x1b[2J\x1b[31mPAID\r\n{"event": "forged"}\u2028\x07', extra={"who": "a\nb"})
    [line] = written()
    assert line["who"] == "a\nb"


def test_what_is_written_is_ascii_without_control_characters() -> None:
    record = logging.makeLogRecord({"msg": "\x1b\x07\x9b\u2028\ud83d ñ", "name": "x"})
    assert JsonLines().format(record).isascii()
    assert JsonLines().format(record).isprintable()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("person", "Ab3dEf12345hIjKlMnOpQr", "Ab3dEf12345hIjKlMnOpQr"),
        ("person", "+12175550123", "[number]"),
        ("ref", "4821-7730", "4821-7730"),
        ("ref", "12175550123", "[number]"),
        ("row", 1234567, 1234567),
        ("phone", "+12175550123", "[number]"),
        ("count", 9999, 9999),
        ("account", 12345678, "[number]"),
        ("thing", {"Body": "secret"}, "<dict>"),
        ("raw", b"secret", "<bytes>"),
        ("nothing", None, None),
    ],
)
def test_a_field_is_shown_or_masked(name: str, value: object, shown: object, written: Written) -> None:
    log.info("event", extra={name: value})
    assert written()[0][name] == shown


def test_arguments_are_masked_too(written: Written) -> None:
    log.info("sent to %s, %s", "+12175550123", "ana@example.org")
    assert written()[0]["event"] == "sent to [number], [email]"


def fail(number: str) -> None:
    """Raise as a library would, quoting what it was given."""
    try:
        raise ValueError(f"bad number {number}")
    except ValueError as error:
        raise KeyError(f"https://pay.prairie.example/p/{number}") from error


def test_a_traceback_tells_the_way_and_the_masked_messages_but_no_source_and_no_values(written: Written) -> None:
    try:
        fail("12175550123")
    except KeyError:
        log.exception("broken")
    [line] = written()
    story = line["error"]
    assert story[-1] == "KeyError: 'https://pay.prairie.example/[hidden]'"
    assert "ValueError: bad number [number]" in story
    assert any(step.endswith(" fail") for step in story)
    assert "raise" not in str(story)
    assert "2175550123" not in str(line)


def test_setting_up_twice_writes_once(written: Written) -> None:
    again = StringIO()
    set_up_logging(again, logging.INFO)
    log.info("event")
    assert (len(written()), len(again.getvalue().splitlines())) == (0, 1)


@pytest.mark.parametrize("library", ["transitions.core", "twilio.http_client", "urllib3.connectionpool", "stripe"])
def test_libraries_that_tell_too_much_are_quiet(library: str, written: Written) -> None:
    logging.getLogger(library).info("Body=my key is...")
    logging.getLogger(library).warning("trouble")
    assert [line["event"] for line in written()] == ["trouble"]
