"""A miniature world, an app that only writes down what it is told, and the real Stripe and Twilio clients."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape

import pytest
import stripe
from flask import Flask, Response, request
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.server import Sandbox
from tests.sandbox.oracles import stripe_oracle

SID = "AC" + "5" * 32
TOKEN = "a-token-for-tests"
STRIPE_KEY = "sk_test_tests"
WEBHOOK_SECRET = "whsec_tests"
NUMBER = "+12175550100"


@dataclass
class Told:
    """A request that the app got."""

    path: str
    form: dict[str, str]
    body: bytes
    headers: dict[str, str]


@dataclass
class StubApp:
    """The program's routes, without the program. `answers` turns an incoming form into TwiML."""

    told: list[Told] = field(default_factory=list)
    answer: Callable[[dict[str, str]], str] = lambda form: f"You said {form['Body']}"
    statuses: list[int] = field(default_factory=list)
    url: str = ""

    def of(self, path: str) -> list[Told]:
        return [told for told in self.told if told.path == path]

    def app(self) -> Flask:
        app = Flask("stub")

        @app.post("/sms")
        @app.post("/sms/status")
        @app.post("/stripe/webhook")
        def hear() -> Response:
            body = request.get_data()
            self.told.append(Told(request.path, request.form.to_dict(), body, dict(request.headers)))
            if self.statuses:
                return Response(status=self.statuses.pop(0))
            words = self.answer(request.form.to_dict()) if request.path == "/sms" else ""
            inner = f"<Message>{escape(words)}</Message>" if words else ""
            return Response(f"<Response>{inner}</Response>", content_type="text/xml")

        return app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture
def app() -> Iterator[StubApp]:
    stub = StubApp()
    server = make_server("127.0.0.1", 0, stub.app(), threaded=True, request_handler=_Quiet)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield stub
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sandbox(app: StubApp) -> Iterator[Sandbox]:
    world = Sandbox(app.url, SID, TOKEN, STRIPE_KEY, WEBHOOK_SECRET, NUMBER, retry_delays=(0.05,))
    with world:
        yield world


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[stripe.StripeClient]:
    http = stripe.RequestsClient(timeout=5)
    yield stripe.StripeClient(STRIPE_KEY, base_addresses={"api": sandbox.url}, http_client=http, max_network_retries=0)
    http.close()


class LocalHttp(TwilioHttpClient):
    """Twilio's own HTTP client, with the host changed."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5, pool_connections=False)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **more: Any) -> TwilioResponse:
        return super().request(method, url.replace("https://api.twilio.com", self.base), *args, **more)


@pytest.fixture
def twilio(sandbox: Sandbox) -> Client:
    return Client(SID, TOKEN, http_client=LocalHttp(sandbox.url))


@pytest.fixture
def oracle() -> ModuleType:
    return stripe_oracle()
