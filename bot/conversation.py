"""A conversation: one message in, one answer out. What holds for every flow is here; what is said is in `flows`."""

import json
import zlib
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace

from bot import cards
from bot.dialogue import Dialogue
from bot.errors import Unavailable
from bot.flow import AT_REST, END, Flow
from bot.gate import Gate
from bot.message import Message, Reply
from bot.names import Address
from bot.ports import Chance, PaymentState, Sessions, Visit
from bot.session import Session
from bot.speech import Say, Speech
from bot.turn import Heard, Services, Turn
from bot.utility import Utility

SAYS_WHO_WE_ARE = frozenset({"help", "opted_out", "opted_in"})
# What must be true of the person's last payment for an event to be about it, and not about an older link.
EVENTS: Mapping[str, tuple[PaymentState, ...]] = {
    "paid": ("paid", "posted"),
    "payment_pending": ("pending",),
    "payment_failed": ("failed",),
    "link_expired": ("expired",),
}
LONGEST_SESSION = 4 * 3600  # seconds, our number: whoever proved an account proves it again after half a day's work
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
        try:
            with self._sessions.open(message.who, message.id) as visit:
                if visit.repeated is not None:
                    return Reply(tuple(json.loads(visit.repeated)))
                reply = self._answer(message, visit)
                visit.answer = json.dumps(reply.texts, ensure_ascii=False).encode()
        except Unavailable:
            # STOP needs no session: it must hold even while Redis is away (RULES W1, S7).
            heard = self._gate.stops_without_session(message, self._utilities[message.utility])
            if heard is None:
                raise
            return self._words(heard, self._utilities[message.utility].languages[0])
        return reply

    def tell(self, utility: str, who: Address, event: str) -> bool:
        """Let a person's conversation know that something happened in the world; whether it meant anything there."""
        with self._sessions.open(who, None) as visit:
            visit.keep, visit.leave = visit.session, visit.remains
            session = Session.load(visit.session) if visit.session else None
            if session is None or session.utility != utility:
                return False
            flow = self._flows[session.flow]
            last = self._services.payments.latest(utility, who)
            if not flow.knows(session, event) or last is None or last.state not in EVENTS[event]:
                return False
            if flow.go(session, event).to == END:
                session.flow, session.state = AT_REST
            self._observe(flow.name, event)
            visit.keep = session.dump()
        return True

    def _answer(self, message: Message, visit: Visit) -> Reply:
        utility = self._utilities[message.utility]
        session = self._session(message, visit, utility)
        heard = self._gate.stops(message, session, visit, utility)
        if heard and cards.find(message.text):
            self._services.people.forget_text(utility.name, message.id)  # whatever else it said (RULES P1)
        heard = self._gate.tires(heard or self._talk(message, session, utility), visit, utility)
        heard = self._greeted(heard, session, utility)
        self._observe(session.flow, heard.outcome)
        return self._close(heard, session, visit)

    def _greeted(self, heard: Heard, session: Session, utility: Utility) -> Heard:
        """The first words that a new number reads say who we are, what it costs and how to stop (RULES W8)."""
        if not session.to_greet or not heard.says:
            return heard
        session.to_greet = False
        if heard.outcome in SAYS_WHO_WE_ARE:
            return heard
        return replace(heard, says=(Say("anywhere.first_contact", {"brand": utility.brand}), *heard.says))

    def _session(self, message: Message, visit: Visit, utility: Utility) -> Session:
        """The live session, or a new one."""
        live = Session.load(visit.session) if visit.session is not None else None
        now = int(self._services.clock.now().timestamp())
        if live is not None and live.utility == utility.name and now - live.began < LONGEST_SESSION:
            return live
        person = self._services.people.meet(utility.name, message.who)
        language = person.language or utility.languages[0]
        session = Session(
            self._chance.token(), utility.name, language, now, opted_out=person.opted_out, to_greet=person.new
        )
        left = json.loads(visit.remains) if visit.remains is not None else None
        if left and left["utility"] == utility.name:
            session.number, session.last4 = left["number"], left["last4"]
            session.language = person.language or left["language"]
            session.left_flow, session.state = left["flow"], "welcome_back"
        return session

    def _talk(self, message: Message, session: Session, utility: Utility) -> Heard:
        """Hear, decide, go. If the world is away the session stays as it was."""
        before = copy(session)
        turn = Turn(session, message, utility, self._services)
        try:
            return self._dialogue.understand(turn)
        except Unavailable:
            for name in Session.__slots__:
                setattr(session, name, getattr(before, name))
            return Heard((Say("anywhere.unavailable", {"phone": utility.agent_phone}),), "unavailable")

    def _close(self, heard: Heard, session: Session, visit: Visit) -> Reply:
        """Put the answer into words, and say what is to be kept."""
        reply = self._words(heard, session.language)
        text = "".join(reply.texts)
        digest = zlib.crc32(text.encode())
        session.said_again = session.said_again + 1 if text and digest == session.last_answer else 1
        session.last_answer = digest
        visit.keep = None if session.state == END else session.dump()
        forget = session.state == END or session.opted_out
        visit.leave = None if forget else remains_of(session, visit.remains)
        visit.moved = heard.moved
        return Reply() if session.said_again > SAME_ANSWERS and not heard.moved else reply

    def _words(self, heard: Heard, language: str) -> Reply:
        text = " ".join(self._speech.say(say, language) for say in heard.says)
        return Reply((text,) if text else ())


def remains_of(session: Session, before: bytes | None) -> bytes | None:
    """What is left when a session dies in the middle of something: which account it was about, and no trust at all."""
    if session.state == "welcome_back":
        return before
    if session.number is None or session.flow == "menu":
        return None
    kept = {name: getattr(session, name) for name in ("utility", "language", "flow", "number", "last4")}
    return json.dumps(kept).encode()
