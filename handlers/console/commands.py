"""What an operator types: `flask --app wsgi …`. Each says in plain words what it did, and fails with a clear line."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup
from sqlalchemy import Engine, inspect

from bot.errors import Unavailable
from bot.ports import Clock
from bot.utility import Utility
from handlers.billing.imports import BadFile, Imported, import_accounts, import_bills
from handlers.ledger.migrate import migrate
from handlers.ledger.reach import reachable
from handlers.ledger.tables import account
from handlers.outbox.letters import dead_letters, revive
from handlers.payments.parked import parked_events

Import = Callable[[Engine, Utility, TextIO, Clock], Imported]


def commands(engine: Engine, utilities: Mapping[str, Utility], clock: Clock) -> tuple[click.Command, ...]:
    """`migrate`, `import accounts|bills FILE`, `outbox dead`, `outbox revive ID` and `payments parked`."""
    imports = AppGroup("import", help="Bring in what the billing system exports. All of a file, or nothing of it.")
    for what, bring in (("accounts", import_accounts), ("bills", import_bills)):
        imports.add_command(_import_command(what, bring, engine, utilities, clock))
    return _migrate_command(engine), imports, _outbox_commands(engine, clock), _payments_commands(engine)


def _migrate_command(engine: Engine) -> click.Command:
    @click.command("migrate", help="Make the tables, or bring them to this version.")
    def run() -> None:
        with _plain_errors():
            migrate(engine)
        click.echo("The database is up to date.")

    return run


def _import_command(
    what: str, bring: Import, engine: Engine, utilities: Mapping[str, Utility], clock: Clock
) -> click.Command:
    @click.command(what, help=f"Import {what}.csv. The same file twice changes nothing.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--utility", help="Whose they are; needed only where there are several.")
    def run(file: Path, utility: str | None) -> None:
        with _plain_errors(), file.open(encoding="utf-8-sig", newline="") as lines:
            _need_tables(engine)
            done = bring(engine, _one(utilities, utility), lines, clock)
        click.echo(f"{what}: {done.new} new, {done.changed} changed, {done.unchanged} unchanged.")

    return run


def _one(utilities: Mapping[str, Utility], name: str | None) -> Utility:
    if name is not None and name in utilities:
        return utilities[name]
    if name is None and len(utilities) == 1:
        return next(iter(utilities.values()))
    raise click.UsageError(f"Say whose they are: --utility {' or '.join(utilities)}")


def _outbox_commands(engine: Engine, clock: Clock) -> click.Group:
    outbox = AppGroup("outbox", help="What could not be sent or done.")

    @outbox.command("dead", help="List the dead letters, newest first.")
    def dead() -> None:
        with _plain_errors():
            _need_tables(engine)
            letters = dead_letters(engine)
        for letter in letters:
            click.echo(
                f"{letter.id}  {letter.created_at:%Y-%m-%d %H:%M}  {letter.kind} ({letter.category})  "
                f"tried {letter.attempts}x  {letter.error}"
            )
        click.echo(f"{len(letters)} dead.")

    @outbox.command("revive", help="Try a dead letter again.")
    @click.argument("letter", type=int)
    def again(letter: int) -> None:
        with _plain_errors():
            _need_tables(engine)
            if not revive(engine, letter, clock):
                raise click.ClickException("There is no such dead letter, or it was a key: those are never sent again.")
        click.echo("It will be tried again now.")

    return outbox


def _need_tables(engine: Engine) -> None:
    if not inspect(engine).has_table(account.name):
        raise click.ClickException("The database has no tables yet. Make them: flask --app wsgi migrate")


def _payments_commands(engine: Engine) -> click.Group:
    payments = AppGroup("payments", help="Money that waits for a person.")

    @payments.command("parked", help="List the parked Stripe events, newest first.")
    def parked() -> None:
        with _plain_errors():
            events = parked_events(engine)
        for event in events:
            about = f"  payment {event.payment}" if event.payment else ""
            click.echo(f"{event.id}  {event.received_at:%Y-%m-%d %H:%M}  {event.type}  {event.reason}{about}")
        click.echo(f"{len(events)} parked.")

    return payments


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what an operator can do something about into one plain message; a bug stays loud."""
    try:
        with reachable():
            yield
    except BadFile as bad:
        raise click.ClickException(str(bad)) from bad
    except UnicodeDecodeError as bad:
        raise click.ClickException(f"nothing was imported\nthe file is not UTF-8 text: byte {bad.start}") from bad
    except Unavailable as away:
        raise click.ClickException(f"{away}. Nothing was changed. Try again when it is back.") from away
