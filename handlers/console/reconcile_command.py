"""`flask --app wsgi reconcile`: Stripe's account of a day against the ledger, as a report to read in the morning."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import click
from sqlalchemy import Engine

from bot.errors import Refused, Unavailable
from handlers.console.terminal import need_tables
from handlers.ledger.reach import reachable
from handlers.settlement.days import Superseded
from handlers.settlement.reconciling import Busy, Reconciliation


class NotDone(click.ClickException):
    """It came to no end: neither clean nor not."""

    exit_code = 2


def reconcile_command(engine: Engine, reconciliation: Reconciliation) -> click.Command:
    """`reconcile [--date YYYY-MM-DD] [--dry-run]`. Exit code 0: clean, 1: differences are left, 2: not done."""

    @click.command("reconcile", help="Hold Stripe's account of a day against the ledger, and put right what is safe.")
    @click.option("--date", "wanted", type=click.DateTime(["%Y-%m-%d"]), help="The day; yesterday if none is given.")
    @click.option("--dry-run", is_flag=True, help="Only look and tell: change nothing, here or at Stripe.")
    def run(wanted: datetime | None, dry_run: bool) -> None:
        today = reconciliation.today
        day = wanted.date() if wanted else today - timedelta(days=1)
        if day >= today:
            raise click.BadParameter("that day is not over yet. Leave --date out for yesterday.", param_hint="--date")
        with _plain_errors():
            _need_tables(engine)
            report = reconciliation.run(day, dry_run)
        click.echo(report.text())
        if not report.clean:
            raise SystemExit(1)

    return run


def _need_tables(engine: Engine) -> None:
    try:
        need_tables(engine)
    except click.ClickException as missing:
        raise NotDone(missing.message) from missing


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        with reachable():
            yield
    except (Busy, Superseded) as busy:
        raise NotDone(f"Not done: {busy}.") from busy
    except Unavailable as away:
        raise NotDone(f"Not done: {away}. Try again when it is back; what was put right stays so.") from away
    except Refused as refusal:
        raise NotDone(f"Not done: {refusal.reason}. May our key read all that docs/operating.md lists?") from refusal
