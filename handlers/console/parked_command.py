"""`payments parked`: Stripe's events that wait for a person."""

import click
from flask.cli import AppGroup
from sqlalchemy import Engine

from handlers.console.terminal import need_tables, plain_errors
from handlers.payments.parked import parked_events


def payments_commands(engine: Engine) -> click.Group:
    """`payments parked`."""
    payments = AppGroup("payments", help="Money that waits for a person.")

    @payments.command("parked", help="List the parked Stripe events, newest first.")
    def parked() -> None:
        with plain_errors():
            need_tables(engine)
            events = parked_events(engine)
        for event in events:
            about = f"  payment {event.payment}" if event.payment else ""
            click.echo(f"{event.id}  {event.received_at:%Y-%m-%d %H:%M}  {event.type}  {event.reason}{about}")
        click.echo(f"{len(events)} parked.")

    return payments
