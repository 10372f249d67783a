"""What people agreed to, and whether they may be written to (RULES W1 to W4, W9, W11): a history."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from handlers.ledger.tables import consent

ALL = "all"

# The FCC has waived its revoke-all rule until this day (RULES W11): from then on saying no to one kind of message is
# saying no to every kind. Midnight in UTC is the evening before in America: early, which errs on the silent side.
REVOKE_ALL_FROM = datetime(2027, 1, 31, tzinfo=UTC)


def record(
    connection: Connection, utility: str, address: str, category: str, given: bool, at: datetime, message_id: str
) -> None:
    """Write a yes or a no down, once for each message: one that comes again, however late, is no newer word.

    The message id leads to the wording, the address bears the channel.
    """
    row = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(consent)
    said = {"utility": utility, "address": address, "category": category, "message_id": message_id}
    once = [consent.c[name] for name in said]
    connection.execute(row.values(given=int(given), at=at, **said).on_conflict_do_nothing(index_elements=once))


def may_send(connection: Connection, utility: str, address: str, category: str) -> bool:
    """Whether a message of `category` may go to `address` (an `Address.reveal()` or an email address).

    The newest word counts, be it about this category or about all of them; who never said a word may be written to:
    asking for consent first is for whoever writes unasked (W9).
    """
    return connection.scalar(newest_word(utility, address, category)) != 0


def newest_word(utility: str, address: str, category: str) -> Select[int]:
    """A query for the newest yes (1) or no (0) that concerns this category; no row if there is none."""
    concerns: ColumnElement[bool] = or_(
        consent.c.category.in_((category, ALL)), and_(consent.c.given == 0, consent.c.at >= REVOKE_ALL_FROM)
    )
    return (
        select(consent.c.given)
        .where(consent.c.utility == utility, consent.c.address == address, concerns)
        .order_by(consent.c.at.desc(), consent.c.id.desc())
        .limit(1)
    )
