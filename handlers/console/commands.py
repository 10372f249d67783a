"""What an operator types: `flask --app wsgi …`. Each says in plain words what it did, and fails with a clear line."""

from collections.abc import Mapping

import click
from sqlalchemy import Engine

from bot.ports import Clock
from bot.utility import Utility
from handlers.console.import_commands import import_commands
from handlers.console.migrate_command import migrate_command
from handlers.console.outbox_commands import outbox_commands
from handlers.console.remit_command import remit_command
from handlers.console.ticket_commands import ticket_commands
from handlers.payments.unapplied import Unapplied


def commands(
    engine: Engine, utilities: Mapping[str, Utility], clock: Clock, unapplied: Unapplied
) -> tuple[click.Command, ...]:
    """Every command but `reconcile`; each group has a module of its own."""
    return (
        migrate_command(engine),
        import_commands(engine, utilities, clock),
        remit_command(engine, utilities, clock),
        outbox_commands(engine, clock),
        ticket_commands(engine, utilities, clock, unapplied),
    )
