"""`POST /sms/status`: delivery reports, handed on as Twilio named them (RULES T7, T9)."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.names import Address
from tests.sms.conftest import Office
from tests.sms.twilio_side import ANA, SID, post, status_form

TO_ANA = Address("sms", ANA)


@pytest.mark.parametrize(
    ("path", "form", "report"),
    [
        (
            "/sms/status?o=17",
            status_form(),
            {"sid": SID, "status": "delivered", "error_code": None, "outbox_id": 17, "to": TO_ANA},
        ),
        (
            "/sms/status",
            status_form(MessageStatus="undelivered", ErrorCode="30003"),
            {"sid": SID, "status": "undelivered", "error_code": "30003", "outbox_id": None, "to": TO_ANA},
        ),
        (
            "/sms/status?o=1",
            status_form(To=f"whatsapp:{ANA}", MessageStatus="read"),
            {"sid": SID, "status": "read", "error_code": None, "outbox_id": 1, "to": Address("whatsapp", ANA)},
        ),
        (
            "/sms/status",
            status_form(To=None, ErrorCode=""),
            {"sid": SID, "status": "delivered", "error_code": None, "outbox_id": None, "to": None},
        ),
    ],
    ids=["ours", "failed", "WhatsApp", "least of all"],
)
def test_a_report_is_recorded(
    path: str, form: list[tuple[str, str]], report: dict[str, Any], client: FlaskClient, office: Office
) -> None:
    answer = post(client, path, form)
    assert (answer.status_code, answer.data, office.reports) == (204, b"", [report])


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/sms/status?o=abc", status_form(), 400),
        ("/sms/status?o=-1", status_form(), 400),
        ("/sms/status?o=" + "9" * 30, status_form(), 400),
        ("/sms/status", status_form(MessageSid=None), 400),
        ("/sms/status", status_form(MessageStatus=None), 400),
        ("/sms/status", status_form(MessageStatus="Delivered!"), 400),
        ("/sms/status", status_form(ErrorCode="many"), 400),
        ("/sms/status", status_form(To="Ana"), 400),
        ("/sms/status", status_form(AccountSid="AC" + "f" * 32), 403),
    ],
)
def test_a_signed_report_that_is_not_right_is_refused(
    path: str, form: list[tuple[str, str]], status: int, client: FlaskClient, office: Office
) -> None:
    assert post(client, path, form).status_code == status
    assert office.reports == []


def test_an_unsigned_report_is_refused(client: FlaskClient, office: Office) -> None:
    assert client.post("/sms/status", data=dict(status_form())).status_code == 403
    assert office.reports == []
