"""`import`: what the billing system exports."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup
from sqlalchemy import Engine

from bot.ports import Clock
from bot.utility import Utility
from handlers.billing.imports import Imported, import_accounts, import_bills
from handlers.console.terminal import need_tables, one_utility, plain_errors
from handlers.remittance.posted import import_posted

Import = Callable[[Engine, Utility, TextIO, Clock], Imported]


def import_commands(engine: Engine, utilities: Mapping[str, Utility], clock: Clock) -> click.Group:
    """`import accounts FILE`, `import bills FILE` and `import posted FILE`."""
    imports = AppGroup("import", help="Bring in what the billing system exports. All of a file, or nothing of it.")
    for what, bring in (("accounts", import_accounts), ("bills", import_bills), ("posted", import_posted)):
        imports.add_command(_import_command(what, bring, engine, utilities, clock))
    return imports


def _import_command(
    what: str, bring: Import, engine: Engine, utilities: Mapping[str, Utility], clock: Clock
) -> click.Command:
    @click.command(what, help=f"Import {what}.csv. The same file twice changes nothing.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--utility", help="Whose they are; needed only where there are several.")
    def run(file: Path, utility: str | None) -> None:
        with plain_errors(), file.open(encoding="utf-8-sig", newline="") as lines:
            need_tables(engine)
            done = bring(engine, one_utility(utilities, utility), lines, clock)
        click.echo(f"{what}: {done.new} new, {done.changed} changed, {done.unchanged} unchanged.")

    return run
