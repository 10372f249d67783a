"""A payment knows that another sum than ours came in; mornings find what was posted on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the fact, set once like all of them, and the indexes."""
    op.add_column("payment", sa.Column("held_at", sa.DateTime(timezone=True)))
    postgresql = op.get_bind().dialect.name == "postgresql"
    changed = (
        "old.held_at is not null and new.held_at is " + ("distinct from " if postgresql else "not ") + "old.held_at"
    )
    before = "create trigger payment_held_at_is_set_once before update of held_at on payment"
    if postgresql:
        op.execute(f"{before} for each row when ({changed}) execute function refuse_undoing()")
    else:
        op.execute(f"{before} when {changed} begin select raise(abort, 'a fact is set once'); end")
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_index("ix_statement_line_cause", "statement_line", ["cause"])
