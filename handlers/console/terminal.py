"""What all commands share: plain errors, a database that has its tables, and whose data it is about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
from sqlalchemy import Engine, inspect

from bot.errors import Unavailable
from bot.utility import Utility
from handlers.billing.imports import BadFile
from handlers.ledger.reach import reachable
from handlers.ledger.tables import account

NUMBER = click.IntRange(1, 2**63 - 1)
"""What a database can number."""


def not_blank(_context: click.Context, _option: click.Parameter, said: str) -> str:
    """The words of an option that must say something."""
    if not said.strip():
        raise click.BadParameter("it must not be empty. Nothing was changed.")
    return said.strip()


@contextmanager
def plain_errors() -> Iterator[None]:
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


def need_tables(engine: Engine) -> None:
    """Say how to make the tables, if there are none yet."""
    if not inspect(engine).has_table(account.name):
        raise click.ClickException("The database has no tables yet. Make them: flask --app wsgi migrate")


def one_utility(utilities: Mapping[str, Utility], name: str | None) -> Utility:
    """The utility of this name; without a name, the only one there is."""
    if name is not None and name in utilities:
        return utilities[name]
    if name is None and len(utilities) == 1:
        return next(iter(utilities.values()))
    raise click.UsageError(f"Say whose they are: --utility {' or '.join(utilities)}")
