"""The payment rows: written once, then only ever told facts."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, select, update

from bot.money import Money
from bot.names import Address, PaymentId
from bot.utility import Method
from handlers.ledger.tables import account, payment

Fact = Literal[
    "opened_at",
    "pending_at",
    "held_at",
    "paid_at",
    "posted_at",
    "refunded_at",
    "disputed_at",
    "dispute_won_at",
    "charged_back_at",
    "failed_at",
    "withdrawn_at",
    "expired_at",
]

_c = payment.c
# Nothing has come of it yet: it may still be paid, withdrawn or run out.
UNDECIDED: ColumnElement[bool] = and_(
    *(column.is_(None) for column in (_c.posted_at, _c.paid_at, _c.held_at, _c.failed_at, _c.pending_at)),
    *(column.is_(None) for column in (_c.withdrawn_at, _c.expired_at)),
)


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """A payment row, parsed, with the last four characters of its account's number."""

    id: PaymentId
    utility: str
    account_id: int
    last4: str
    payer: Address
    language: str
    amount: Money
    fee: Money
    balance: Money
    method: Method
    version: int
    token: str
    receipt_token: str
    requested_at: datetime
    expires_at: datetime
    bill_id: int | None = None
    link_id: str | None = None
    link_url: str | None = None
    checkout_session: str | None = None
    payment_intent: str | None = None
    linked_at: datetime | None = None
    opened_at: datetime | None = None
    pending_at: datetime | None = None
    held_at: datetime | None = None
    paid_at: datetime | None = None
    posted_at: datetime | None = None
    refunded_at: datetime | None = None
    disputed_at: datetime | None = None
    dispute_won_at: datetime | None = None
    charged_back_at: datetime | None = None
    failed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    expired_at: datetime | None = None

    @property
    def total(self) -> Money:
        """What the payer pays: the amount and the fee."""
        return self.amount + self.fee

    def __repr__(self) -> str:
        return f"<Record {self.id}>"


def reference(payment_id: PaymentId) -> str:
    """What a person can read out on the phone and an operator can search for: the end of our payment id."""
    end = payment_id.reveal()[-8:].upper()
    return f"{end[:4]}-{end[4:]}"


_PARSED = {"id", "last4", "payer", "amount", "fee", "balance"}
_PLAIN = [field.name for field in fields(Record) if field.name not in _PARSED]


def find(connection: Connection, *conditions: ColumnElement[bool], hold: bool = False) -> Record | None:
    """The newest payment that meets the conditions. `hold` keeps other transactions off it until this one ends."""
    query = (
        select(payment, account.c.number)
        .join(account, account.c.id == payment.c.account_id)
        .where(*conditions)
        .order_by(payment.c.requested_at.desc())
        .limit(1)
    )
    row = connection.execute(query.with_for_update(of=payment) if hold else query).mappings().one_or_none()
    if row is None:
        return None
    plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
    return Record(
        id=PaymentId(row["id"]),
        last4=row["number"][-4:],
        payer=Address.parse(row["payer"]),
        amount=Money(row["amount"], row["currency"]),
        fee=Money(row["fee"], row["currency"]),
        balance=Money(row["balance"], row["currency"]),
        **plain,
    )


def by_id(connection: Connection, payment_id: PaymentId, hold: bool = False) -> Record | None:
    """The payment of this reference."""
    return find(connection, payment.c.id == payment_id.reveal(), hold=hold)


def hold_accounts(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    """Let nobody else decide about the payments of these accounts until the transaction ends.

    Held before any payment is, so that two who turn each other's links off never wait for each other. Entries only
    refer to the account: this keeps nobody from posting.
    """
    theirs = select(account.c.id).where(*conditions).order_by(account.c.id)
    connection.execute(theirs.with_for_update(key_share=True))


def mark(connection: Connection, payment_id: PaymentId, fact: Fact, at: datetime) -> bool:
    """Write a fact down, once: False if it was there before."""
    column = payment.c[fact]
    changed = connection.execute(
        update(payment).where(payment.c.id == payment_id.reveal(), column.is_(None)).values({column: at})
    )
    return changed.rowcount == 1


def give_up(connection: Connection, fact: Fact, at: datetime, *conditions: ColumnElement[bool]) -> Sequence[PaymentId]:
    """Mark those payments of which nothing has come yet as withdrawn or expired; which ones that were."""
    changing = update(payment).where(UNDECIDED, *conditions).values({payment.c[fact]: at}).returning(payment.c.id)
    return [PaymentId(row.id) for row in connection.execute(changing)]
