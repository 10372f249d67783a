"""Payments: what people asked to pay, and the facts of what became of it."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from handlers.ledger.tables.columns import BigId, Moment, metadata

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
    Column("bill_id", BigId, ForeignKey("bill.id")),  # the billing period that the payer chose; none: the oldest first
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
    Column("held_at", Moment),  # another sum than ours came in: it is safe, and a person looks
    Column("paid_at", Moment),
    Column("posted_at", Moment),
    Column("refunded_at", Moment),  # all of it was sent back
    Column("disputed_at", Moment),  # the payer's bank asked for it back
    Column("dispute_won_at", Moment),
    Column("charged_back_at", Moment),  # the bank got it back
    Column("failed_at", Moment),
    Column("withdrawn_at", Moment),
    Column("expired_at", Moment),
    Index(None, "utility", "payer", "requested_at"),
    CheckConstraint("amount > 0 and fee >= 0", name="sums"),
)
