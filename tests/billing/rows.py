"""Rows that the billing tests need and billing does not write."""

from datetime import datetime

from sqlalchemy import Connection, insert

from bot.names import PaymentId
from handlers.ledger.tables import payment
from tests.fakes import FakeClock


def a_payment(
    connection: Connection, payment_id: PaymentId, account_id: int, amount: int = 1, **facts: datetime
) -> None:
    """A payment through us, of which only these facts are known."""
    unique = {name: payment_id.reveal()[-32:] for name in ("confirmed_by", "token", "receipt_token")}
    words = dict.fromkeys(("utility", "payer", "language", "method"), "x")
    times = dict.fromkeys(("requested_at", "expires_at"), FakeClock().now())
    sums = {"amount": amount, "fee": 0, "balance": amount, "currency": "USD"}
    row = {"id": payment_id.reveal(), "account_id": account_id}
    connection.execute(insert(payment).values(**row, **unique, **words, **times, **sums, **facts))
