"""The payments of an account are found without reading all of them."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_payment_account_id", "payment", ["account_id"])
