"""What Stripe told us, line by line, and what we told the billing system."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Table, UniqueConstraint

from handlers.ledger.tables.columns import BigId, Moment, metadata

stripe_event = Table(
    "stripe_event",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("type", String(80), nullable=False),
    Column("object_id", String(255), nullable=False),
    Column("payment_id", String(36)),
    Column("received_at", Moment, nullable=False),
    Column("state", String(8), nullable=False),  # applied, ignored, parked (we could not make sense of it)
    Column("reason", String(120), nullable=False),
)

statement_line = Table(
    "statement_line",
    metadata,
    Column("id", String(255), primary_key=True),  # Stripe's balance transaction, txn_
    Column("type", String(60), nullable=False),
    Column("source", String(255), index=True),  # the charge, refund, dispute or payout that it is about
    Column("minor", BigInteger, nullable=False),  # gross; what left our balance is below zero
    Column("fee", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Column("available_at", Moment, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("cause", String(120), index=True),  # of the journal that says the same; none: a difference
)

reconciliation = Table(
    "reconciliation",
    metadata,
    Column("day", Date, primary_key=True),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("lines", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("differences", Integer, nullable=False),
)

remittance = Table(
    "remittance",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("utility", String(40), nullable=False),
    Column("number", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("checksum", String(64), nullable=False),
    UniqueConstraint("utility", "number"),
)

remitted = Table(
    "remitted",
    metadata,
    Column("journal_id", BigId, ForeignKey("journal.id"), primary_key=True),  # told to billing once
    Column("remittance_id", BigId, ForeignKey("remittance.id"), nullable=False, index=True),
)
