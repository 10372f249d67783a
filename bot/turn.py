"""A turn: what a deciding function may see and touch."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.message import Message
from bot.names import Address
from bot.ports import AccountBook, Clock, Keys, Payments, People
from bot.session import Session
from bot.speech import Say, Slot, Until
from bot.utility import Utility


@dataclass(frozen=True, slots=True)
class Services:
    """The world as deciding functions reach it."""

    book: AccountBook
    keys: Keys
    payments: Payments
    people: People
    clock: Clock


@dataclass(slots=True)
class Turn:
    """One message being answered: the session it belongs to, what was heard, and the services.

    A deciding function changes the session, notes slots for the outcome's sentence, and returns the outcome.
    """

    session: Session
    message: Message
    utility: Utility
    services: Services
    answer: object = None
    slots: dict[str, Slot] = field(default_factory=dict)

    @property
    def who(self) -> Address:
        """The person."""
        return self.message.who

    def note(self, **slots: Slot) -> None:
        """Keep values for the outcome's sentence."""
        self.slots.update(slots)

    def note_wait(self, until: datetime) -> None:
        """Keep when a wait is over: in the utility's own zone, the next full minute, never a moment too early."""
        local = (until.astimezone(self.utility.zone) + timedelta(seconds=59)).replace(second=0)
        self.note(until=Until(local, self.services.clock.now()), phone=self.utility.agent_phone)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a turn came to: the sentences, whether it led anywhere, and the words for the metrics."""

    says: tuple[Say, ...]
    outcome: str
    moved: bool = True
