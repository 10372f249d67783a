"""`migrate`: the tables."""

import click
from sqlalchemy import Engine

from handlers.console.terminal import plain_errors
from handlers.ledger.migrate import migrate


def migrate_command(engine: Engine) -> click.Command:
    """`migrate`."""

    @click.command("migrate", help="Make the tables, or bring them to this version.")
    def run() -> None:
        with plain_errors():
            migrate(engine)
        click.echo("The database is up to date.")

    return run
