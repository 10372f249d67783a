"""What machines ask: does the process live, can it work, and how much did it do.

`GET /metrics` is not for the world, though it holds nothing personal. With a `metrics_token`, it is shown to whoever
sends that as a bearer token, from anywhere. Without one, only to a caller on this machine or a private network who
came straight here: a request that a proxy passed on says so in a header, and gets the 404 of a page that is not there.
Behind a proxy that says nothing (nginx without `X-Forwarded-For`), set the token or do not pass `/metrics` on.
"""

import hmac
import logging
from collections.abc import Callable, Mapping
from ipaddress import ip_address

from flask import Blueprint, Response, abort, jsonify, request

from handlers.console.metrics import CONTENT_TYPE

log = logging.getLogger("guestpay.health")

_PASSED_ON = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto")


def health_routes(
    probes: Mapping[str, Callable[[], object]], metrics: Callable[[], bytes], metrics_token: str | None = None
) -> Blueprint:
    """`/health`, `/ready`, `/metrics`.

    `probes` are what the work needs ("redis", "sql"), each a call that raises when its counterpart is away and must
    itself give up within a second or so; `metrics` gives the text for Prometheus.
    """
    routes = Blueprint("console", __name__)

    @routes.get("/health")
    def health() -> Response:
        """The process lives."""
        return jsonify(status="ok")

    @routes.get("/ready")
    def ready() -> tuple[Response, int]:
        """Whether a turn could be served now: 200, or 503 and who is away."""
        found = {name: _answers(name, probe) for name, probe in probes.items()}
        well = all(found.values())
        parts = {name: "ok" if there else "away" for name, there in found.items()}
        return jsonify(status="ok" if well else "away", **parts), 200 if well else 503

    @routes.get("/metrics")
    def figures() -> Response:
        """The figures, for those who may see them."""
        if not _may_see(metrics_token):
            abort(404)
        return Response(metrics(), content_type=CONTENT_TYPE)

    return routes


def _answers(name: str, probe: Callable[[], object]) -> bool:
    try:
        probe()
    except Exception:
        log.warning("away", extra={"who": name}, exc_info=True)
        return False
    return True


def _may_see(token: str | None) -> bool:
    if token:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        return ip_address(request.remote_addr or "").is_private
    except ValueError:
        return False
