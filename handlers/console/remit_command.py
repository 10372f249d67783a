"""`remit`: what billing is to be told."""

from collections.abc import Mapping
from pathlib import Path

import click
from sqlalchemy import Engine

from bot.ports import Clock
from bot.utility import Utility
from handlers.console.terminal import NUMBER, need_tables, one_utility, plain_errors
from handlers.remittance.remit import Altered, NoSuchRemittance, remit, remit_again
from handlers.remittance.whole import Occupied


def remit_command(engine: Engine, utilities: Mapping[str, Utility], clock: Clock) -> click.Command:
    """`remit FILE` and `remit --again N FILE`."""

    @click.command("remit", help="Write a file of all that was paid and taken back and that billing was not told yet.")
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @click.option("--utility", help="Whose it is; needed only where there are several.")
    @click.option("--again", type=NUMBER, metavar="N", help="Write remittance N once more, the very same.")
    def run(file: Path, utility: str | None, again: int | None) -> None:
        whose = one_utility(utilities, utility)
        try:
            with plain_errors():
                need_tables(engine)
                made = remit(engine, whose, file, clock) if again is None else remit_again(engine, whose, again, file)
        except (Altered, NoSuchRemittance, Occupied) as reason:
            raise click.ClickException(f"{reason}. Nothing was written.") from reason
        except OSError as reason:  # before the remittance was made, or just after it
            hint = "If the next remittance skips a number, have that one written --again"
            raise click.ClickException(f"{file}: {reason.strerror}. {hint}.") from reason
        totals = made.totals
        sums = f"{totals.rows} row{'s' * (totals.rows != 1)}, {totals.amount.decimal()} {totals.amount.currency}"
        told = sums if totals.rows else "nothing new"
        click.echo(f"Remittance {made.number} of {whose.name}, made {made.at:%Y-%m-%d %H:%M} UTC: {told}.")

    return run
