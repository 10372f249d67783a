"""Who we know, what language they chose, and whether we may write to them: `bot.ports.People` in SQL."""

from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.names import Address
from bot.ports import Clock, Person
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import person
from handlers.outbox.parcel import Parcel, put
from handlers.people import consent
from handlers.sealing import Sealer

_UNIQUE = [person.c.utility, person.c.address]


def write_down(connection: Connection, utility: str, address: str, now: datetime) -> bool:
    """Know this address from now on; whether that is new. Of two who write it down at once, one is told so."""
    row = _row(connection, utility, address, now).on_conflict_do_nothing(index_elements=_UNIQUE)
    return connection.scalar(row.returning(person.c.id)) is not None


def _row(
    connection: Connection, utility: str, address: str, now: datetime, language: str | None = None
) -> postgresql.Insert | sqlite.Insert:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"utility": utility, "address": address, "first_seen": now, "language": language}
    insert: postgresql.Insert | sqlite.Insert = dialect.insert(person).values(values)
    return insert


class SqlPeople:
    """Everybody who wrote or was sent a key, by utility and address. Each method raises Unavailable if SQL is away."""

    def __init__(self, engine: Engine, clock: Clock, sealer: Sealer) -> None:
        self._engine = engine
        self._clock = clock
        self._sealer = sealer

    def meet(self, utility: str, who: Address) -> Person:
        """The person at this address, written down if new. Somebody we know costs one query and no write lock."""
        found = person.select().where(person.c.utility == utility, person.c.address == who.reveal()).subquery()
        word = consent.newest_word(utility, who.reveal(), consent.ALL).scalar_subquery()
        query = select(
            select(found.c.id).scalar_subquery(), select(found.c.language).scalar_subquery(), word.label("word")
        )
        with reachable():
            with reading(self._engine) as connection:
                known, language, given = connection.execute(query).one()
            new = known is None and self._write_down(utility, who)
        return Person(new=new, language=language, opted_out=given == 0)

    def _write_down(self, utility: str, who: Address) -> bool:
        with self._engine.begin() as connection:
            return write_down(connection, utility, who.reveal(), self._clock.now())

    def speaks(self, utility: str, who: Address, language: str) -> None:
        """They chose a language."""
        with reachable(), self._engine.begin() as connection:
            row = _row(connection, utility, who.reveal(), self._clock.now(), language)
            changed = {"language": language}
            connection.execute(row.on_conflict_do_update(index_elements=_UNIQUE, set_=changed))

    def opt_out(self, utility: str, who: Address, message_id: str) -> None:
        """They want no more texts, of any category."""
        self._record(utility, who, False, message_id)

    def opt_in(self, utility: str, who: Address, message_id: str) -> None:
        """They want them again."""
        self._record(utility, who, True, message_id)

    def _record(self, utility: str, who: Address, given: bool, message_id: str) -> None:
        with reachable(), self._engine.begin() as connection:
            now = self._clock.now()
            consent.record(connection, utility, who.reveal(), consent.ALL, given, now, message_id)

    def forget_text(self, utility: str, message_id: str) -> None:
        """Have the carrier asked, later and at best effort, to delete this message's body (RULES P1)."""
        now = self._clock.now()
        parcel = Parcel(
            kind="forget_text",
            cause=f"forget:{message_id}",
            utility=utility,
            category="chore",
            body={"message": message_id},
            due_at=now,
        )
        with reachable(), self._engine.begin() as connection:
            put(connection, self._sealer, parcel, now)
