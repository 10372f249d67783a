"""`outbox`: what could not be sent or done."""

import click
from flask.cli import AppGroup
from sqlalchemy import Engine

from bot.ports import Clock
from handlers.console.terminal import NUMBER, need_tables, plain_errors
from handlers.outbox.letters import dead_letters, doubt, revive


def outbox_commands(engine: Engine, clock: Clock) -> click.Group:
    """`outbox dead`, `outbox revive ID` and `outbox doubt`."""
    outbox = AppGroup("outbox", help="What could not be sent or done.")

    @outbox.command("dead", help="List the dead letters, newest first.")
    def dead() -> None:
        with plain_errors():
            need_tables(engine)
            letters = dead_letters(engine)
        for letter in letters:
            click.echo(
                f"{letter.id}  {letter.created_at:%Y-%m-%d %H:%M}  {letter.kind} ({letter.category})  "
                f"tried {letter.attempts}x  {letter.error}"
            )
        click.echo(f"{len(letters)} dead.")

    @outbox.command("revive", help="Try a dead letter again.")
    @click.argument("letter", type=NUMBER)
    def again(letter: int) -> None:
        with plain_errors():
            need_tables(engine)
            if not revive(engine, letter, clock):
                raise click.ClickException("There is no such dead letter, or it was a key: those are never sent again.")
        click.echo("It will be tried again now.")

    @outbox.command("doubt", help="After restoring a backup: have Twilio asked about each text before it is sent.")
    def ask_first() -> None:
        with plain_errors():
            need_tables(engine)
            waiting = doubt(engine)
        click.echo(
            f"{waiting} waiting. Each text is asked about before it is sent; keys are not sent at all. "
            "Nobody can be asked about an email: it may come a second time, with the same Message-ID."
        )

    return outbox
