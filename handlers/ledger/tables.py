"""Every table. Types are those that PostgreSQL and SQLite share; the migrations under `migrations/` make them.

Sums are whole minor units, instants are UTC. Phone and account numbers live here and nowhere else in clear.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up by itself only for a column that is exactly INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware instant, stored and read as UTC. SQLite drops the zone; this puts it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times; hand UTC to the driver."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Give UTC back, whatever the driver kept."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


account = Table(
    "account",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("utility", String(40), nullable=False),
    Column("number", String(20), nullable=False),
    Column("holder_name", String(200), nullable=False),
    Column("service_street", String(200), nullable=False),
    Column("service_city", String(100), nullable=False),
    Column("service_state", String(40), nullable=False),
    Column("service_zip", String(10), nullable=False),
    Column("mobile", String(16), index=True),
    Column("email", String(254)),
    Column("language", String(5), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("rate_plan", String(80), nullable=False),
    Column("status", String(10), nullable=False),
    UniqueConstraint("utility", "number"),
    CheckConstraint("status in ('active', 'closed', 'locked')", name="status"),
)

bill = Table(
    "bill",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("account_id", BigId, ForeignKey("account.id"), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_due", BigInteger, nullable=False),
    Column("past_due", BigInteger, nullable=False),
    Column("usage_quantity", String(24)),
    Column("usage_unit", String(12)),
    UniqueConstraint("account_id", "period_start"),
)

payment = Table(
    "payment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("utility", String(40), nullable=False),
    Column("account_id", BigId, ForeignKey("account.id"), nullable=False, index=True),
    Column("payer", String(80), nullable=False),
    Column("language", String(5), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("fee", BigInteger, nullable=False),
    Column("balance", BigInteger, nullable=False),  # what was owed when the link was asked for
    Column("currency", String(3), nullable=False),
    Column("method", String(8), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("confirmed_by", String(80), nullable=False, unique=True),  # message id: no replay makes a second one
    Column("token", String(32), nullable=False, unique=True),  # of the short link
    Column("receipt_token", String(32), nullable=False, unique=True),
    Column("link_id", String(255), unique=True),
    Column("link_url", String(500)),
    Column("checkout_session", String(255)),
    Column("payment_intent", String(255)),
    # Facts, each set once; the state is derived from them and so never moves backwards.
    Column("requested_at", Moment, nullable=False),
    Column("linked_at", Moment),
    Column("expires_at", Moment, nullable=False),
    Column("opened_at", Moment),
    Column("pending_at", Moment),
    Column("paid_at", Moment),
    Column("posted_at", Moment),
    Column("refunded_at", Moment),  # all of it was sent back
    Column("failed_at", Moment),
    Column("withdrawn_at", Moment),
    Column("expired_at", Moment),
    Index(None, "utility", "payer", "requested_at"),
    CheckConstraint("amount > 0 and fee >= 0", name="sums"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("cause", String(120), nullable=False, unique=True),  # what it is about: posting it twice is posting it once
    Column("at", Moment, nullable=False),
    Column("effective_on", Date, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("journal_id", BigId, ForeignKey("journal.id"), nullable=False, index=True),
    Column("book", String(20), nullable=False),  # receivable, billed, elsewhere, stripe, fees, unapplied
    Column("account_id", BigId, ForeignKey("account.id"), index=True),
    Column("payment_id", String(36), ForeignKey("payment.id"), index=True),
    Column("minor", BigInteger, nullable=False),  # debit above zero, credit below
    Column("currency", String(3), nullable=False),
)

stripe_event = Table(
    "stripe_event",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("type", String(80), nullable=False),
    Column("object_id", String(255), nullable=False),
    Column("payment_id", String(36)),
    Column("received_at", Moment, nullable=False),
    Column("state", String(8), nullable=False),  # applied, ignored, parked (a person must look)
    Column("reason", String(120), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("cause", String(120), nullable=False, unique=True),
    Column("utility", String(40), nullable=False),
    Column("recipient", String(300)),  # an Address, or an email address; erased with the body
    Column("category", String(20), nullable=False),  # what an opt-out may name: key, receipt, link, reminder
    Column("body", LargeBinary),  # sealed JSON; erased once it is done with
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment),  # not worth doing after this
    Column("handed_until", Moment),  # on the broker; the sweep leaves it alone until then
    Column("leased_until", Moment),  # in a worker's hands
    Column("attempts", Integer, nullable=False, default=0),
    Column("state", String(8), nullable=False),  # waiting, sent, unsure, dropped, dead
    Column("provider_id", String(80), index=True),
    Column("delivery", String(16)),  # last word of the carrier: sent, delivered, undelivered, failed
    Column("error", String(200)),
    Column("done_at", Moment),
    Index(None, "state", "due_at"),
)

person = Table(
    "person",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("utility", String(40), nullable=False),
    Column("address", String(80), nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("language", String(5)),
    UniqueConstraint("utility", "address"),
)

consent = Table(
    "consent",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("utility", String(40), nullable=False),
    Column("address", String(80), nullable=False),
    Column("category", String(20), nullable=False),  # one category, or "all"
    Column("given", Integer, nullable=False),  # 1 opted in, 0 opted out; the newest row of a category counts
    Column("at", Moment, nullable=False),
    Column("message_id", String(80), nullable=False),
    Index(None, "utility", "address", "category", "at"),
    Index(None, "utility", "address", "message_id", "category", unique=True),  # a replayed message changes nothing
)

key = Table(
    "key",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("account_id", BigId, ForeignKey("account.id"), nullable=False),
    Column("address", String(80), nullable=False),
    Column("session_id", String(32), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("sent_by", String(8), nullable=False),  # mobile, email
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),  # used, or killed by a newer one
    Index(None, "account_id", "address"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(10), nullable=False),  # lookup, wrong, sent
    Column("address", String(80), nullable=False),
    Column("subject", String(44), nullable=False),  # keyed hash of utility and account number, known to us or not
    Column("at", Moment, nullable=False),
    Index(None, "kind", "address", "at"),
    Index(None, "kind", "subject", "at"),
    Index(None, "kind", "at"),
)

lockout = Table(
    "lockout",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("address", String(80), nullable=False),
    Column("subject", String(44), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "address", "subject", "until"),
)

text_status = Table(
    "text_status",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("message_sid", String(34), nullable=False),
    Column("status", String(20), nullable=False),
    Column("error", String(10)),
    Column("at", Moment, nullable=False),
    UniqueConstraint("message_sid", "status"),
)
