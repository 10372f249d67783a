"""`tickets`: what waits for a person, and what they decide."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click
from flask.cli import AppGroup
from sqlalchemy import Engine

from bot.names import AccountNumber
from bot.ports import Clock
from bot.utility import Utility
from handlers.console.terminal import NUMBER, need_tables, not_blank, one_utility, plain_errors
from handlers.console.ticket_words import WORDS
from handlers.ledger.database import reading
from handlers.ledger.tickets import Opened, close_ticket, open_tickets, ticket_by_id
from handlers.payments.records import reference
from handlers.payments.unapplied import NotPossible, Unapplied

_Command = Callable[..., None]
_number = click.argument("number", type=NUMBER, metavar="ID")
_by = click.option("--by", required=True, callback=not_blank, metavar="NAME", help="Your name.")
_utility = click.option("--utility", help="Whose it is; needed only where there are several.")


def ticket_commands(
    engine: Engine, utilities: Mapping[str, Utility], clock: Clock, unapplied: Unapplied
) -> click.Group:
    """`tickets list`, `show ID`, `close ID`, `credit ID` and `refund ID`."""
    tickets = AppGroup("tickets", help="What has no one safe answer, and waits for a person.")
    _looking(tickets, engine)
    _deciding(tickets, engine, utilities, clock, unapplied)
    return tickets


def _looking(tickets: click.Group, engine: Engine) -> None:
    @tickets.command("list", help="List the open tickets, oldest first.")
    def all_open() -> None:
        with plain_errors():
            need_tables(engine)
            with reading(engine) as connection:
                found = open_tickets(connection)
        for each in found:
            click.echo(_line(each))
            click.echo(f"    {_to_do(each)}")
        click.echo(f"{len(found)} open.")

    @tickets.command("show", help="Show all about a ticket.")
    @_number
    def one(number: int) -> None:
        with plain_errors():
            need_tables(engine)
            with reading(engine) as connection:
                found = ticket_by_id(connection, number)
        if found is None:
            raise click.ClickException(f"There is no ticket {number}. See: tickets list")
        for line in _all_about(found):
            click.echo(line)


def _deciding(
    tickets: click.Group, engine: Engine, utilities: Mapping[str, Utility], clock: Clock, unapplied: Unapplied
) -> None:
    @tickets.command("close", help="Close a ticket: it was settled at Stripe, in billing, or on the phone.")
    @_number
    @_by
    @click.option("--because", required=True, callback=not_blank, metavar="TEXT", help="What came of it.")
    def close(number: int, by: str, because: str) -> None:
        with _plainly(engine):
            with engine.begin() as connection:
                closed = close_ticket(connection, number, by, because, clock.now())
            if not closed:
                raise NotPossible(f"There is no open ticket {number}")
        click.echo("Closed.")

    @tickets.command("credit", help="Put a ticket's money on its account. The payer is told.")
    @_number
    @_by
    @_utility
    @click.option("--account", help="The account, where nobody knows whose money it is.")
    def credit(number: int, by: str, utility: str | None, account: str | None) -> None:
        with _plainly(engine):
            money = unapplied.credit(one_utility(utilities, utility), number, by, _account(account))
        click.echo(f"{money.decimal()} {money.currency} is on the account. The ticket is closed.")

    @tickets.command("refund", help="Send a ticket's money back. The payer is told when it is done.")
    @_number
    @_by
    @_utility
    def refund(number: int, by: str, utility: str | None) -> None:
        with _plainly(engine):
            money = unapplied.refund(one_utility(utilities, utility), number, by)
        click.echo(f"{money.decimal()} {money.currency} will be sent back. The ticket is closed.")


@contextmanager
def _plainly(engine: Engine) -> Iterator[None]:
    try:
        with plain_errors():
            need_tables(engine)
            yield
    except NotPossible as reason:
        raise click.ClickException(f"{reason}. Nothing was changed.") from reason


def _account(typed: str | None) -> AccountNumber | None:
    try:
        return AccountNumber(typed) if typed is not None else None
    except ValueError:
        raise NotPossible("An account number is digits, as billing has it") from None


def _line(found: Opened) -> str:
    about = found.ticket
    money = f"{about.money.decimal()} {about.money.currency}" if about.money else "no sum"
    paid = f"  payment {reference(about.payment_id)}" if about.payment_id else ""
    return f"{found.id}  {found.opened_at:%Y-%m-%d %H:%M}  {money}  {WORDS[about.kind].what}{paid}"


def _to_do(found: Opened) -> str:
    return WORDS[found.ticket.kind].do.format(id=found.id)


def _all_about(found: Opened) -> Iterator[str]:
    about = found.ticket
    yield _line(found)
    yield f"kind: {about.kind}"
    yield f"at Stripe: {about.object_id}"
    if about.charge_id:
        yield f"its charge: {about.charge_id}"
    if about.payment_id:
        yield f"our payment: {about.payment_id.reveal()}"
    if found.closed_at is None:
        yield f"to do: {_to_do(found)}"
    else:
        yield f"closed: {found.closed_at:%Y-%m-%d %H:%M} by {found.closed_by}: {found.outcome}"
