"""An outbox with everything around it, for tests: put a parcel, let it be delivered, look at the row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Row, select, update

from bot.errors import Refused
from bot.names import Address
from handlers.ledger.tables import outbox
from handlers.outbox.deliver import Deliverer
from handlers.outbox.parcel import Carrier, Delivery, Parcel, put
from handlers.outbox.sweep import sweep
from handlers.people.consent import may_send
from handlers.sealing import Sealer
from tests.fakes import FakeChance, FakeClock

ANA = Address("sms", "+12175550141")
WORDS = "Thank you, Ana. You paid $84.20."


class Hand:
    """A carrier that does what a test says: `then` is called for each delivery and returns an id or raises."""

    def __init__(self, then: Callable[[Delivery], str | None] = lambda delivery: f"SM{delivery.id:032}") -> None:
        self.then = then
        self.carried: list[Delivery] = []

    def carry(self, delivery: Delivery) -> str | None:
        self.carried.append(delivery)
        return self.then(delivery)


def failing(error: BaseException) -> Callable[[Delivery], str | None]:
    """What a Hand does to fail."""

    def fail(_delivery: Delivery) -> str | None:
        raise error

    return fail


def refusing(reason: str) -> Hand:
    return Hand(failing(Refused(reason)))


class Desk:
    """One database, one clock, one worker; `hand` carries whatever kind there is."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = FakeClock()
        self.sealer = Sealer([b"k" * 32])
        self.observed: list[tuple[str, str]] = []

    def put(self, cause: str = "payment:1:receipt", **other: Any) -> int:
        """A text to Ana, due now, unless told otherwise; its row's id."""
        standard = {
            "kind": "text",
            "utility": "prairie",
            "category": "receipt",
            "body": {"text": WORDS},
            "due_at": self.clock.now(),
            "recipient": ANA.reveal(),
        }
        with self.engine.begin() as connection:
            put(connection, self.sealer, Parcel(cause=cause, **(standard | other)), self.clock.now())
            return connection.execute(select(outbox.c.id).where(outbox.c.cause == cause)).scalar_one()

    def put_key(self, cause: str = "key:1") -> int:
        """A key that is good for ten minutes."""
        until = self.clock.now() + timedelta(minutes=10)
        return self.put(cause, category="key", body={"text": "Your key is 012345."}, expires_at=until)

    def deliver(self, row_id: int, hand: Hand) -> str:
        return self.worker(hand).deliver(row_id)

    def worker(self, hand: Carrier) -> Deliverer:
        kinds = ("text", "email", "make_link", "close_link", "forget_text")
        return Deliverer(
            self.engine,
            self.clock,
            FakeChance(),
            self.sealer,
            dict.fromkeys(kinds, hand),
            may_send,
            lambda kind, outcome: self.observed.append((kind, outcome)),
        )

    def sweep(self, **options: int) -> list[int]:
        return sweep(self.engine, self.clock, **options)

    def row(self, row_id: int) -> Row[Any]:
        with self.engine.begin() as connection:
            return connection.execute(select(outbox).where(outbox.c.id == row_id)).one()

    def change(self, row_id: int, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(outbox).where(outbox.c.id == row_id).values(**values))
