"""Who writes to us: people, their consents, their keys, and what limits hold for them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables about people."""
    _people()
    _keys()


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("utility", sa.String(40), nullable=False),
        sa.Column("address", sa.String(80), nullable=False),
        sa.Column("first_seen", _MOMENT, nullable=False),
        sa.Column("language", sa.String(5)),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("utility", "address", name="uq_person_utility_address"),
    )
    op.create_table(
        "consent",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("utility", sa.String(40), nullable=False),
        sa.Column("address", sa.String(80), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_utility_address_category_at", "consent", ["utility", "address", "category", "at"])


def _keys() -> None:
    op.create_table(
        "key",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("account_id", _BIG, nullable=False),
        sa.Column("address", sa.String(80), nullable=False),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sent_by", sa.String(8), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_key_account_id"),
    )
    op.create_index("ix_key_account_id_address", "key", ["account_id", "address"])
    op.create_table(
        "attempt",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("address", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(44), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_kind_address_at", "attempt", ["kind", "address", "at"])
    op.create_index("ix_attempt_kind_subject_at", "attempt", ["kind", "subject", "at"])
    op.create_index("ix_attempt_kind_at", "attempt", ["kind", "at"])
    op.create_table(
        "lockout",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("address", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(44), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lockout"),
    )
    op.create_index("ix_lockout_address_subject_until", "lockout", ["address", "subject", "until"])
