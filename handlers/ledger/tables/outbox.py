"""What is to be sent or done, and the carrier's word on each text."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from handlers.ledger.tables.columns import BigId, Moment, metadata

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
