"""What was received and what is to be sent: Stripe's events, the outbox, the carrier's word on each text."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables between us and our counterparts."""
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("object_id", sa.String(255), nullable=False),
        sa.Column("payment_id", sa.String(36)),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_event"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("utility", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(300)),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT),
        sa.Column("handed_until", _MOMENT),
        sa.Column("leased_until", _MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("provider_id", sa.String(80)),
        sa.Column("delivery", sa.String(16)),
        sa.Column("error", sa.String(200)),
        sa.Column("done_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("cause", name="uq_outbox_cause"),
    )
    op.create_index("ix_outbox_provider_id", "outbox", ["provider_id"])
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])
    op.create_table(
        "text_status",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("message_sid", sa.String(34), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("error", sa.String(10)),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_text_status"),
        sa.UniqueConstraint("message_sid", "status", name="uq_text_status_message_sid_status"),
    )
