"""Accounts and their bills, as the billing system told us. Account numbers live here and nowhere else in clear."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, String, Table, UniqueConstraint

from handlers.ledger.tables.columns import BigId, metadata

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
