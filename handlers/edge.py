"""The edge of the house: what every request must keep to before any work, and what every response carries.

Limits, headers and error pages are the same whatever the route does (RULES S4, S8, S9), so they wrap the whole
application once. The wrapper is plain WSGI, so that it also covers what the framework answers by itself.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from bot.ports import Chance

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("guestpay.edge")

LARGEST_BODY = 16_384
LARGEST_BODIES: Mapping[str, int] = {"/sms": 65_536, "/stripe/webhook": 1_048_576, "/chat": 8_192}
MOST_PARAMETERS = 200
_LONGEST_NUMBER = 12  # digits of a content length worth reading: turning thousands into a number is work

HEADERS: tuple[tuple[str, str], ...] = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
_LOWERED = tuple((name.lower(), (name, value)) for name, value in HEADERS)

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Refusal(HTTPException):
    """A request turned away: its status, and a short fixed `reason` for the log and the count, never shown."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(description=reason)
        self.code = code
        self.reason = reason


def refuse(code: int, reason: str) -> NoReturn:
    """Turn this request away with `code` (400 to 503). `reason` is a few fixed words: nothing that was sent."""
    raise Refusal(code, reason)


def reference(chance: Chance) -> str:
    """Eight digits that a person can read out and an operator can find in the log: "4821-7730"."""
    digits = chance.digits(8)
    return f"{digits[:4]}-{digits[4:]}"


def harden(app: Flask, chance: Chance, refused: Callable[[str], None]) -> None:
    """Put limits, headers and plain error answers around `app`. `refused` counts what was turned away, by reason."""
    edge = Edge(app.wsgi_app, chance, refused)
    app.register_error_handler(HTTPException, edge.http_error)
    app.register_error_handler(Exception, edge.broken)
    app.wsgi_app = edge  # type: ignore[method-assign]


def route() -> str:
    """The rule that matched, such as "/p/<token>": safe to log, where the path itself is not."""
    return request.url_rule.rule if request.url_rule else "none"


def largest_body(path: str) -> int:
    """The most bytes that a request to `path` may carry; a route under a listed one shares its limit."""
    known = LARGEST_BODIES.get(path)
    if known is not None:
        return known
    for head, most in LARGEST_BODIES.items():
        if path.startswith(head + "/"):
            return most
    return LARGEST_BODY


class Edge:
    """WSGI around the application: refuses what is too large before it is read, adds the headers to every answer."""

    def __init__(self, inner: "WSGIApplication", chance: Chance, refused: Callable[[str], None]) -> None:
        self._inner = inner
        self._chance = chance
        self._refused = refused

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo | None = None) -> Any:
            own = {name.lower() for name, _ in headers}
            headers.extend(pair for name, pair in _LOWERED if name not in own)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        most = largest_body(environ.get("PATH_INFO", ""))
        length = environ.get("CONTENT_LENGTH")
        if length:
            if not (length.isascii() and length.isdigit()):
                return self.turn_away(400, "content length", "none")(environ, start)
            if len(length) > _LONGEST_NUMBER or int(length) > most:
                return self.turn_away(413, "too large", "none")(environ, start)
        elif "HTTP_TRANSFER_ENCODING" in environ:
            # A chunked body tells its length only by being read; werkzeug would cut it short without a word.
            body = environ["wsgi.input"].read(most + 1)
            if len(body) > most:
                return self.turn_away(413, "too large", "none")(environ, start)
            environ["wsgi.input"] = BytesIO(body)
        if environ.get("QUERY_STRING", "").count("&") >= MOST_PARAMETERS:
            return self.turn_away(400, "too many parameters", "none")(environ, start)
        return self._inner(environ, start)

    def http_error(self, error: HTTPException) -> Response | HTTPException:
        """Answer an error that a route or the framework raised; what is no error (a redirect) goes out as it is."""
        if error.code is None or error.code < 400:
            return error
        why = error.reason if isinstance(error, Refusal) else error.name.lower()
        answer = self.turn_away(error.code, why, route())
        answer.headers.extend((name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After"))
        return answer

    def broken(self, _error: Exception) -> Response:
        """Answer a bug: the whole story in the log, a reference for the person."""
        ref = reference(self._chance)
        log.exception("broken", extra={"ref": ref, "status": 500, "route": route()})
        self._refused("broken")
        return _plain(500, ref)

    def turn_away(self, code: int, why: str, rule: str) -> Response:
        """Refuse a request with one log line and one count."""
        ref = reference(self._chance)
        log.info("refused", extra={"ref": ref, "status": code, "reason": why, "route": rule})
        self._refused(why)
        return _plain(code, ref)


def _plain(code: int, ref: str) -> Response:
    """An error as one line of text that says nothing about the inside."""
    answer = Response(f"{HTTP_STATUS_CODES.get(code, 'Error')}. Reference {ref}.\n", status=code)
    answer.content_type = "text/plain; charset=utf-8"
    return answer
