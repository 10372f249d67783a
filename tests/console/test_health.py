"""`/health`, `/ready` and `/metrics`: who is told what."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import Unavailable
from handlers.console.health import health_routes
from handlers.console.metrics import Metrics


def well() -> bool:
    return True


def away() -> None:
    raise Unavailable("no answer")


def client(metrics: Metrics | None = None, token: str | None = None, **probes: Callable[[], object]) -> FlaskClient:
    app = Flask("guestpay")
    figures = metrics or Metrics(CollectorRegistry())
    app.register_blueprint(health_routes(probes, figures.text, token))
    return app.test_client()


def test_the_process_lives_whoever_is_away() -> None:
    assert client(redis=away, sql=away).get("/health").status_code == 200


@pytest.mark.parametrize(
    ("redis", "sql", "status", "told"),
    [
        (well, well, 200, {"status": "ok", "redis": "ok", "sql": "ok"}),
        (away, well, 503, {"status": "away", "redis": "away", "sql": "ok"}),
        (well, away, 503, {"status": "away", "redis": "ok", "sql": "away"}),
        (away, away, 503, {"status": "away", "redis": "away", "sql": "away"}),
    ],
)
def test_ready_tells_who_is_away(
    redis: Callable[[], object], sql: Callable[[], object], status: int, told: dict[str, str]
) -> None:
    answer = client(redis=redis, sql=sql).get("/ready")
    assert (answer.status_code, answer.json) == (status, told)


LOCAL: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": "127.0.0.1"}}
PUBLIC: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": "8.8.8.8"}}
BEARER = {"Authorization": "Bearer s3cret"}


@pytest.mark.parametrize(
    ("label", "token", "how", "status"),
    [
        ("this machine", None, LOCAL, 200),
        ("this machine, IPv6", None, {"environ_overrides": {"REMOTE_ADDR": "::1"}}, 200),
        ("a private network", None, {"environ_overrides": {"REMOTE_ADDR": "10.1.2.3"}}, 200),
        ("the world", None, PUBLIC, 404),
        ("the world, IPv6", None, {"environ_overrides": {"REMOTE_ADDR": "2606:4700::1"}}, 404),
        ("nobody knows", None, {"environ_overrides": {"REMOTE_ADDR": ""}}, 404),
        ("the world by a proxy", None, {**LOCAL, "headers": {"X-Forwarded-For": "8.8.8.8"}}, 404),
        ("the world by a proxy that claims to be local", None, {**LOCAL, "headers": {"Forwarded": "for=::1"}}, 404),
        ("the token, from afar", "s3cret", {**PUBLIC, "headers": BEARER}, 200),
        ("the token, by a proxy", "s3cret", {**LOCAL, "headers": {**BEARER, "X-Forwarded-For": "8.8.8.8"}}, 200),
        ("a wrong token", "another", {**LOCAL, "headers": BEARER}, 404),
        ("no token where there is one", "s3cret", LOCAL, 404),
        ("a token where there is none", None, {**PUBLIC, "headers": BEARER}, 404),
        ("a token in another script", "s3cret", {**PUBLIC, "headers": {"Authorization": "Bearer é"}}, 404),
    ],
)
def test_the_figures_are_for_those_who_may_see_them(
    label: str, token: str | None, how: dict[str, Any], status: int
) -> None:
    assert client(token=token).get("/metrics", **how).status_code == status


def test_what_is_counted_is_told() -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.turn("pay_bill", "link_sent")
    metrics.turn_took(0.02)
    metrics.link("made")
    metrics.payment("posted")
    metrics.sent("text", "sent")
    metrics.refused("signature")
    metrics.failed("unavailable")
    text = client(metrics).get("/metrics", **LOCAL).text
    told = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.endswith(("_total", "_count"))
    }
    assert told == {
        ("guestpay_turns_total", "pay_bill", "link_sent"): 1,
        ("guestpay_turn_seconds_count",): 1,
        ("guestpay_links_total", "made"): 1,
        ("guestpay_payments_total", "posted"): 1,
        ("guestpay_sends_total", "text", "sent"): 1,
        ("guestpay_refused_total", "signature"): 1,
        ("guestpay_failed_turns_total", "unavailable"): 1,
    }
