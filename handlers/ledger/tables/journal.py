"""Money: the journal and its entries, what Stripe took for us, and what a person has to look at."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, String, Table

from handlers.ledger.tables.columns import BigId, Moment, metadata

journal = Table(
    "journal",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("cause", String(120), nullable=False, unique=True),  # what it is about: posting it twice is posting it once
    Column("at", Moment, nullable=False, index=True),
    Column("effective_on", Date, nullable=False),
    Column("charge_id", String(255), ForeignKey("charge.id"), index=True),  # whose money it moves
)

entry = Table(
    "entry",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("journal_id", BigId, ForeignKey("journal.id"), nullable=False, index=True),
    Column("book", String(20), nullable=False),  # handlers.ledger.journal.Book
    Column("account_id", BigId, ForeignKey("account.id"), index=True),
    Column(
        "bill_id", BigId, ForeignKey("bill.id"), index=True
    ),  # of `receivable`: the billing period; none: before all
    Column("payment_id", String(36), ForeignKey("payment.id"), index=True),
    Column("minor", BigInteger, nullable=False),  # debit above zero, credit below
    Column("currency", String(3), nullable=False),
)

charge = Table(
    "charge",
    metadata,
    Column("id", String(255), primary_key=True),  # Stripe's: ch_ or py_
    Column("session", String(255), unique=True),  # the checkout session that it was paid in, if any
    Column("intent", String(255), index=True),  # Stripe's payment intent
    Column("payment_id", String(36), ForeignKey("payment.id"), index=True),  # none: a payment we never made
    Column("account_id", BigId, ForeignKey("account.id")),
    Column("minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("kind", String(8), nullable=False),  # applied, second, differs, stranger: handlers.payments.charges.Kind
    Column("taken_at", Moment, nullable=False),
    CheckConstraint("minor > 0", name="sum"),
)

ticket = Table(
    "ticket",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("cause", String(120), nullable=False, unique=True),  # opening it twice is opening it once
    Column("kind", String(40), nullable=False),  # handlers.ledger.tickets.Kind
    Column("object_id", String(255), nullable=False),  # what to look up at Stripe
    Column("payment_id", String(36), ForeignKey("payment.id")),
    Column("account_id", BigId, ForeignKey("account.id")),
    Column("charge_id", String(255), ForeignKey("charge.id")),
    Column("minor", BigInteger),
    Column("currency", String(3)),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", String(80)),
    Column("outcome", String(200)),
    Index(None, "closed_at", "opened_at"),
)
