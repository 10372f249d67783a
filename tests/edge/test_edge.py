"""What every request must keep to and every response carries, whatever the route does (RULES S4, S8, S9)."""

import json
import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, Response, redirect, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from handlers.console.logs import JsonLines
from handlers.edge import HEADERS, Refusal, harden, reference
from tests.fakes import FakeChance


@pytest.fixture
def refused() -> list[str]:
    return []


@pytest.fixture
def client(refused: list[str]) -> FlaskClient:
    app = Flask("guestpay")

    @app.route("/sms", methods=["POST"])
    @app.route("/sms/status", methods=["POST"])
    @app.route("/stripe/webhook", methods=["POST"])
    @app.route("/chat/api/say", methods=["POST"])
    @app.route("/smsx", methods=["POST"])
    @app.route("/p/<token>", methods=["GET", "POST"])
    def size(token: str = "") -> str:
        return str(len(request.get_data()))

    @app.get("/bug")
    def bug() -> str:
        raise KeyError("inside")

    @app.get("/away")
    def away() -> Response:
        return redirect("https://checkout.example/pay", 303)  # type: ignore[return-value]

    @app.get("/page")
    def page() -> Response:
        return Response("hi", headers={"Content-Security-Policy": "default-src 'self'", "cache-control": "max-age=60"})

    @app.get("/refuses")
    def refuses() -> str:
        raise Refusal(403, "a reason of ours")

    harden(app, FakeChance(), refused.append)
    return app.test_client()


LIMITS = [
    ("/sms", 65_536),
    ("/sms/status", 65_536),
    ("/smsx", 16_384),
    ("/chat/api/say", 8_192),
    ("/stripe/webhook", 1_048_576),
    ("/p/abc", 16_384),
]


@pytest.mark.parametrize(("path", "most"), LIMITS)
def test_a_body_as_large_as_may_be_is_read(path: str, most: int, client: FlaskClient) -> None:
    assert client.post(path, data=b"x" * most).text == str(most)


@pytest.mark.parametrize(("path", "most"), LIMITS)
def test_a_larger_body_is_a_413_before_any_of_it_is_read(
    path: str, most: int, client: FlaskClient, refused: list[str]
) -> None:
    body = Unread()
    environ = {"CONTENT_LENGTH": str(most + 1), "wsgi.input": body}
    assert client.post(path, environ_overrides=environ).status_code == 413
    assert (refused, body.reads) == (["too large"], 0)


class Unread(BytesIO):
    """A body that counts how often it is read."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


def chunked(client: FlaskClient, path: str, size: int) -> TestResponse:
    """A body without a length, as gunicorn hands it on."""
    environ: dict[str, Any] = {"wsgi.input": BytesIO(b"x" * size), "wsgi.input_terminated": True}
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    return client.post(path, environ_overrides=environ)


@pytest.mark.parametrize(("path", "most"), LIMITS)
def test_a_chunked_body_is_held_to_the_same_limit(path: str, most: int, client: FlaskClient) -> None:
    assert chunked(client, path, most).text == str(most)
    assert chunked(client, path, most + 1).status_code == 413


@pytest.mark.parametrize(
    ("length", "status"), [("abc", 400), ("-1", 400), ("+5", 400), ("٣", 400), ("9" * 5000, 413), ("0" * 20, 413)]
)
def test_a_length_that_is_no_sensible_number_is_turned_away(length: str, status: int, client: FlaskClient) -> None:
    assert client.post("/sms", environ_overrides={"CONTENT_LENGTH": length}).status_code == status


def test_two_hundred_parameters_in_a_query_are_enough(client: FlaskClient, refused: list[str]) -> None:
    query = "&".join(f"k{i}" for i in range(201))
    assert client.get(f"/p/abc?{query}").status_code == 400
    assert client.get(f"/p/abc?{query[: query.rindex('&')]}").status_code == 200
    assert refused == ["too many parameters"]


ANSWERS = [
    ("GET", "/p/abc", 200),
    ("GET", "/away", 303),
    ("GET", "/nowhere", 404),
    ("GET", "/.git/HEAD", 404),
    ("GET", "/debug", 404),
    ("GET", "/sms", 405),
    ("TRACE", "/sms", 405),
    ("PROPFIND", "/p/abc", 405),
    ("GET", "/bug", 500),
    ("GET", "/refuses", 403),
    ("OPTIONS", "/sms", 200),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_headers(method: str, path: str, status: int, client: FlaskClient) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get_all(name) for name, _ in HEADERS} == {name: [value] for name, value in HEADERS}


def test_an_answer_that_is_turned_away_before_the_routes_carries_them_too(client: FlaskClient) -> None:
    answer = client.post("/sms", environ_overrides={"CONTENT_LENGTH": "99999999"})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_route_may_have_its_own_policy_and_caching(client: FlaskClient) -> None:
    answer = client.get("/page")
    assert answer.headers.get_all("Content-Security-Policy") == ["default-src 'self'"]
    assert answer.headers.get_all("Cache-Control") == ["max-age=60"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("path", "words"), [("/nowhere", "Not Found."), ("/bug", "Internal Server Error.")])
def test_an_error_is_one_line_of_text_with_a_reference(path: str, words: str, client: FlaskClient) -> None:
    answer = client.get(path)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.startswith(f"{words} Reference ")


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    assert "POST" in client.get("/sms").headers["Allow"]


def test_a_method_in_a_header_is_not_a_method(client: FlaskClient) -> None:
    answer = client.post("/sms", headers={"X-HTTP-Method-Override": "DELETE"}, data=b"abc")
    assert (answer.status_code, answer.text) == (200, "3")


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    caplog.set_level(logging.INFO)
    return lambda: [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_a_bug_is_logged_with_its_reference_its_route_and_no_path(client: FlaskClient, lines: Lines) -> None:
    answer = client.get("/bug")
    [line] = lines()
    assert (line["event"], line["route"], line["error"][-1]) == ("broken", "/bug", "KeyError: 'inside'")
    assert f"Reference {line['ref']}." in answer.text


def test_a_refusal_is_logged_once_without_the_path(client: FlaskClient, refused: list[str], lines: Lines) -> None:
    client.delete("/p/Tok3nOfSomebody")
    [line] = lines()
    assert (line["event"], line["status"], line["reason"]) == ("refused", 405, "method not allowed")
    assert "Tok3n" not in str(line)
    assert refused == ["method not allowed"]


def test_a_reference_can_be_read_out() -> None:
    digits = reference(FakeChance()).split("-")
    assert [len(part) for part in digits] == [4, 4]
