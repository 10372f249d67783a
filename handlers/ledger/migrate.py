"""Bringing a database to the tables of today: Alembic, run by the program itself, with no file of settings."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from handlers.ledger.database import take_time

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_032_026  # any number, so long as it is ours alone in this database


def migrate(engine: Engine) -> None:
    """Make every table that is not there yet, in one transaction; doing it again does nothing.

    Two processes may start it at once: the second waits, on PostgreSQL by an advisory lock, on SQLite because a
    transaction holds the file's write lock from its beginning.
    """
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with engine.begin() as connection:
        take_time(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
