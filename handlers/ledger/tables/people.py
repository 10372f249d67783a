"""Who texts us, what they consented to, and their keys and tries. Phone numbers are in clear here alone."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from handlers.ledger.tables.columns import BigId, Moment, metadata

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
