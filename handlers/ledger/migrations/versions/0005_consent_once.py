"""One word of consent counts once: a message that is replayed changes nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COLUMNS = ["utility", "address", "message_id", "category"]


def upgrade() -> None:
    """Keep the first of the rows that repeat each other, and let none be written again."""
    consent = sa.table("consent", sa.column("id"), *map(sa.column, _COLUMNS))
    first = sa.select(sa.func.min(consent.c.id)).group_by(*(consent.c[name] for name in _COLUMNS))
    op.execute(sa.delete(consent).where(consent.c.id.not_in(first)))
    op.create_index("ix_consent_utility_address_message_id_category", "consent", _COLUMNS, unique=True)
