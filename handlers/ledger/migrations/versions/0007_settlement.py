"""What Stripe took, what it told us line by line, what a person must look at, and what billing was told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, then the columns that refer to them."""
    _charges()
    _tickets()
    _statement()
    _remittances()
    for name in ("disputed_at", "dispute_won_at", "charged_back_at"):
        op.add_column("payment", sa.Column(name, _MOMENT))
    whole = "integer" if op.get_bind().dialect.name == "sqlite" else "bigint"
    for table, column, kind, other in (
        ("payment", "bill_id", whole, "bill"),
        ("entry", "bill_id", whole, "bill"),
        ("journal", "charge_id", "varchar(255)", "charge"),
    ):
        # By hand, for Alembic would copy the whole table on SQLite to add a column that refers to another.
        refers = f"constraint fk_{table}_{column} references {other} (id)"
        op.execute(f"alter table {table} add column {column} {kind} {refers}")
    op.create_index("ix_entry_bill_id", "entry", ["bill_id"])
    op.create_index("ix_journal_charge_id", "journal", ["charge_id"])


def _charges() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("session", sa.String(255)),
        sa.Column("intent", sa.String(255)),
        sa.Column("payment_id", sa.String(36)),
        sa.Column("account_id", _BIG),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_charge"),
        sa.UniqueConstraint("session", name="uq_charge_session"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_charge_payment_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_charge_account_id"),
        sa.CheckConstraint("minor > 0", name="ck_charge_sum"),
    )
    op.create_index("ix_charge_intent", "charge", ["intent"])
    op.create_index("ix_charge_payment_id", "charge", ["payment_id"])


def _tickets() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("object_id", sa.String(255), nullable=False),
        sa.Column("payment_id", sa.String(36)),
        sa.Column("account_id", _BIG),
        sa.Column("charge_id", sa.String(255)),
        sa.Column("minor", sa.BigInteger()),
        sa.Column("currency", sa.String(3)),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT),
        sa.Column("closed_by", sa.String(80)),
        sa.Column("outcome", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("cause", name="uq_ticket_cause"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_ticket_payment_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_ticket_account_id"),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name="fk_ticket_charge_id"),
    )
    op.create_index("ix_ticket_closed_at_opened_at", "ticket", ["closed_at", "opened_at"])


def _statement() -> None:
    op.create_table(
        "statement_line",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("source", sa.String(255)),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("available_at", _MOMENT, nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("cause", sa.String(120)),
        sa.PrimaryKeyConstraint("id", name="pk_statement_line"),
    )
    op.create_index("ix_statement_line_source", "statement_line", ["source"])
    op.create_index("ix_statement_line_created_at", "statement_line", ["created_at"])
    op.create_table(
        "reconciliation",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_reconciliation"),
    )


def _remittances() -> None:
    op.create_table(
        "remittance",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("utility", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_remittance"),
        sa.UniqueConstraint("utility", "number", name="uq_remittance_utility_number"),
    )
    op.create_table(
        "remitted",
        sa.Column("journal_id", _BIG, nullable=False),
        sa.Column("remittance_id", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("journal_id", name="pk_remitted"),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name="fk_remitted_journal_id"),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittance.id"], name="fk_remitted_remittance_id"),
    )
    op.create_index("ix_remitted_remittance_id", "remitted", ["remittance_id"])
