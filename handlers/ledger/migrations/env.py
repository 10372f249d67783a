"""What Alembic runs: the revisions, on the connection that `migrate` handed over, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
