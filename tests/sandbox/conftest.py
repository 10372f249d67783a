"""A miniature world, an app that only writes down what it is told, and the real Stripe and Twilio clients."""

import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import stripe
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.server import Sandbox
from tests.sandbox.hand import Hand
from tests.sandbox.oracles import stripe_oracle
from tests.sandbox.stub import NUMBER, SID, STRIPE_KEY, TOKEN, WEBHOOK_SECRET, StubApp


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


@pytest.fixture
def hand() -> Iterator[Hand]:
    """Run by hand; a bank pays after three days."""
    made = Hand(bank_settles_after=3 * 86400)
    yield made
    made.network.close()
