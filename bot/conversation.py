"""A conversation: one message in, one answer out. What holds for every flow is here; what is said is in `flows`."""

import json
import zlib
from collections.abc import Callable, Mapping
from copy import copy

from bot.dialogue import Dialogue
from bot.errors import Unavailable
from bot.flow import AT_REST, END, Flow
from bot.gate import Gate
from bot.message import Message, Reply
from bot.names import Address
from bot.ports import Chance, Sessions, Visit
from bot.session import Session
from bot.speech import Say, Speech
from bot.turn import Heard, Services, Turn
from bot.utility import Utility

SAME_ANSWERS = 3  # S2: two robots talking to each other repeat themselves


Observe = Callable[[str, str], None]


class Conversation:
    """Talks with everybody, over any channel, through shared flows. Holds no person's state.

    `flows` by name; the one called "menu" is where everybody is when nothing else goes on. `observe` is told the
    flow and outcome of every turn.
    """

    def __init__(
        self,
        sessions: Sessions,
        services: Services,
        flows: Mapping[str, Flow],
        speech: Speech,
        utilities: Mapping[str, Utility],
        chance: Chance,
        observe: Observe,
    ) -> None:
        self._sessions = sessions
        self._services = services
        self._flows = flows
        self._speech = speech
        self._utilities = utilities
        self._chance = chance
        self._observe = observe
        self._dialogue = Dialogue(flows)
        self._gate = Gate(services.people)

    def hear(self, message: Message) -> Reply:
        """Answer a message. The same message id gets the same answer again.

        Raises Unavailable when sessions cannot be had; nothing was done then, and the person may text again.
        """
        with self._sessions.open(message.who, message.id) as visit:
            if visit.repeated is not None:
                return Reply(tuple(json.loads(visit.repeated)))
            reply = self._answer(message, visit)
            visit.answer = json.dumps(reply.texts, ensure_ascii=False).encode()
        return reply

    def tell(self, utility: str, who: Address, event: str) -> bool:
        """Let a person's conversation know that something happened in the world; whether it meant anything there."""
        with self._sessions.open(who, None) as visit:
            visit.keep, visit.leave = visit.session, visit.remains
            session = Session.load(visit.session) if visit.session else None
            if session is None or session.utility != utility:
                return False
            flow = self._flows[session.flow]
            if not flow.knows(session, event):
                return False
            if flow.go(session, event).to == END:
                session.flow, session.state = AT_REST
            self._observe(flow.name, event)
            visit.keep = session.dump()
        return True

    def _answer(self, message: Message, visit: Visit) -> Reply:
        utility = self._utilities[message.utility]
        session, greeting = self._session(message, visit, utility)
        heard = self._gate.stops(message, session, visit, utility) or self._talk(
            message, session, visit, utility, greeting
        )
        self._observe(session.flow, heard.outcome)
        return self._close(heard, session, visit)

    def _session(self, message: Message, visit: Visit, utility: Utility) -> tuple[Session, tuple[Say, ...]]:
        """The live session, or a new one; and what a new one begins with."""
        live = Session.load(visit.session) if visit.session is not None else None
        if live is not None and live.utility == utility.name:
            return live, ()
        person = self._services.people.meet(utility.name, message.who)
        language = person.language or utility.languages[0]
        session = Session(self._chance.token(), utility.name, language, opted_out=person.opted_out)
        if person.new:
            return session, (Say("anywhere.first_contact", {"brand": utility.brand}),)
        left = json.loads(visit.remains) if visit.remains is not None else None
        if left and left["utility"] == utility.name:
            session.number, session.last4 = left["number"], left["last4"]
            session.language = person.language or left["language"]
            session.state = "welcome_back"
        return session, ()

    def _talk(
        self, message: Message, session: Session, visit: Visit, utility: Utility, greeting: tuple[Say, ...]
    ) -> Heard:
        """Hear, decide, go. If the world is away the session stays as it was."""
        before = copy(session)
        turn = Turn(session, message, utility, self._services)
        returned = session.state == "welcome_back" and visit.session is None
        try:
            heard = self._dialogue.understand(turn, returned)
        except Unavailable:
            for name in Session.__slots__:
                setattr(session, name, getattr(before, name))
            return Heard((Say("anywhere.unavailable", {"phone": utility.agent_phone}),), "unavailable")
        return Heard((*greeting, *heard.says), heard.outcome, heard.moved)

    def _close(self, heard: Heard, session: Session, visit: Visit) -> Reply:
        """Put the answer into words, and say what is to be kept."""
        text = " ".join(self._speech.say(say, session.language) for say in heard.says)
        digest = zlib.crc32(text.encode())
        session.said_again = session.said_again + 1 if text and digest == session.last_answer else 1
        session.last_answer = digest
        ended = session.state == END
        visit.keep = None if ended else session.dump()
        visit.leave = None if ended else remains_of(session, visit.remains)
        visit.moved = heard.moved
        if not text or (session.said_again > SAME_ANSWERS and not heard.moved):
            return Reply()
        return Reply((text,))


def remains_of(session: Session, before: bytes | None) -> bytes | None:
    """What is left when a session dies in the middle of something: which account it was about, and no trust at all."""
    if session.state == "welcome_back":
        return before
    if session.number is None or session.flow == "menu":
        return None
    kept = {name: getattr(session, name) for name in ("utility", "language", "number", "last4")}
    return json.dumps(kept).encode()
