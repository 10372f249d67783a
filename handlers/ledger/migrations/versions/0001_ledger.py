"""Accounts, bills, payments, and the journal that nobody can rewrite."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables that money depends on."""
    _accounts()
    _payments()
    _journal()
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("utility", sa.String(40), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("holder_name", sa.String(200), nullable=False),
        sa.Column("service_street", sa.String(200), nullable=False),
        sa.Column("service_city", sa.String(100), nullable=False),
        sa.Column("service_state", sa.String(40), nullable=False),
        sa.Column("service_zip", sa.String(10), nullable=False),
        sa.Column("mobile", sa.String(16)),
        sa.Column("email", sa.String(254)),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("rate_plan", sa.String(80), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("utility", "number", name="uq_account_utility_number"),
        sa.CheckConstraint("status in ('active', 'closed', 'locked')", name="ck_account_status"),
    )
    op.create_index("ix_account_mobile", "account", ["mobile"])
    op.create_table(
        "bill",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("account_id", _BIG, nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_due", sa.BigInteger(), nullable=False),
        sa.Column("past_due", sa.BigInteger(), nullable=False),
        sa.Column("usage_quantity", sa.String(24)),
        sa.Column("usage_unit", sa.String(12)),
        sa.PrimaryKeyConstraint("id", name="pk_bill"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_bill_account_id"),
        sa.UniqueConstraint("account_id", "period_start", name="uq_bill_account_id_period_start"),
    )


def _payments() -> None:
    op.create_table(
        "payment",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("utility", sa.String(40), nullable=False),
        sa.Column("account_id", _BIG, nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(80), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("receipt_token", sa.String(32), nullable=False),
        sa.Column("link_id", sa.String(255)),
        sa.Column("link_url", sa.String(500)),
        sa.Column("checkout_session", sa.String(255)),
        sa.Column("payment_intent", sa.String(255)),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("linked_at", _MOMENT),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("opened_at", _MOMENT),
        sa.Column("pending_at", _MOMENT),
        sa.Column("paid_at", _MOMENT),
        sa.Column("posted_at", _MOMENT),
        sa.Column("failed_at", _MOMENT),
        sa.Column("withdrawn_at", _MOMENT),
        sa.Column("expired_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_payment_account_id"),
        sa.UniqueConstraint("confirmed_by", name="uq_payment_confirmed_by"),
        sa.UniqueConstraint("token", name="uq_payment_token"),
        sa.UniqueConstraint("receipt_token", name="uq_payment_receipt_token"),
        sa.UniqueConstraint("link_id", name="uq_payment_link_id"),
        sa.CheckConstraint("amount > 0 and fee >= 0", name="ck_payment_sums"),
    )
    op.create_index("ix_payment_utility_payer_requested_at", "payment", ["utility", "payer", "requested_at"])


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.UniqueConstraint("cause", name="uq_journal_cause"),
    )
    op.create_table(
        "entry",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("journal_id", _BIG, nullable=False),
        sa.Column("book", sa.String(20), nullable=False),
        sa.Column("account_id", _BIG),
        sa.Column("payment_id", sa.String(36)),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name="fk_entry_journal_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_entry_account_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_entry_payment_id"),
    )
    for column in ("journal_id", "account_id", "payment_id"):
        op.create_index(f"ix_entry_{column}", "entry", [column])


def _append_only(dialect: str) -> Iterator[str]:
    """Statements that make the database itself refuse to change or remove what was posted."""
    if dialect == "postgresql":
        yield (
            "create function refuse_rewriting() returns trigger language plpgsql as "
            "$$ begin raise exception 'the journal is append-only'; end $$"
        )
    for table in ("journal", "entry"):
        if dialect == "postgresql":
            yield (
                f"create trigger {table}_is_append_only before update or delete or truncate on {table} "
                "for each statement execute function refuse_rewriting()"
            )
        else:
            for change in ("update", "delete"):
                yield (
                    f"create trigger {table}_refuses_{change} before {change} on {table} "
                    "begin select raise(abort, 'the journal is append-only'); end"
                )
