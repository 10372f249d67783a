"""What the rest of the program is told when SQL is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from bot.errors import Unavailable


@contextmanager
def reachable() -> Iterator[None]:
    """Turn "SQL is away, busy or shut down under us" into Unavailable; any other error of SQL is a bug and stays."""
    try:
        yield
    except (OperationalError, InterfaceError, TimeoutError) as error:
        raise Unavailable("SQL is away") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("SQL is away") from error
        raise
