"""The SMS routes with a conversation that writes down what it hears, hardened as in life."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.message import Message, Reply
from bot.utility import Utility
from handlers.edge import harden
from handlers.sms.routes import sms_routes
from tests.fakes import FakeChance
from tests.sms.twilio_side import ACCOUNT, BASE, NUMBER, OLD_TOKEN, PRAIRIE, TOKEN


class Office:
    """Hears, records and counts; `hear` and `record` may be swapped for something that fails."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.reports: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.failed: list[str] = []
        self.replies: tuple[str, ...] = ("What is the account number?",)
        self.trouble: Exception | None = None

    def hear(self, message: Message) -> Reply:
        if self.trouble:
            raise self.trouble
        self.heard.append(message)
        return Reply(self.replies)

    def record(self, **report: Any) -> None:
        if self.trouble:
            raise self.trouble
        self.reports.append(report)


def sorry(utility: Utility, ref: str | None) -> str:
    return f"Sorry. Call {utility.agent_phone} and say {ref}" if ref else "Sorry, try again in a minute."


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def make_client(office: Office) -> Callable[[], FlaskClient]:
    def make() -> FlaskClient:
        app = Flask("guestpay")
        chance = FakeChance()
        routes = sms_routes(
            hear=office.hear,
            record_status=office.record,
            utilities_by_number={NUMBER: PRAIRIE},
            account_sid=ACCOUNT,
            auth_tokens=[TOKEN, OLD_TOKEN],
            public_base_url=BASE,
            sorry=sorry,
            chance=chance,
            failed=office.failed.append,
        )
        app.register_blueprint(routes)
        harden(app, chance, office.refused.append)
        return app.test_client()

    return make


@pytest.fixture
def client(make_client: Callable[[], FlaskClient]) -> FlaskClient:
    return make_client()
