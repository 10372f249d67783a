"""A payment knows that all of it was sent back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_KNOWN = """
update payment set refunded_at = (
    select min(journal.at) from journal join entry on entry.journal_id = journal.id
    where entry.payment_id = payment.id and journal.cause like 'refund:%'
)
"""


def upgrade() -> None:
    """Add the fact, and take it over from the journal for the refunds that are there."""
    op.add_column("payment", sa.Column("refunded_at", sa.DateTime(timezone=True)))
    op.execute(sa.text(_KNOWN))
