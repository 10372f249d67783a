"""A conversation: one message in, one answer out. What holds for every flow is here; what is said is in `flows`."""

import json
import zlib
from collections.abc import Callable, Mapping

from bot import cards
from bot.anywhere import LANGUAGES, WORDS, Anywhere, starters
from bot.errors import NotUnderstood, Unavailable
from bot.flow import END, START, Flow
from bot.gate import Gate
from bot.message import Message, Reply
from bot.names import Address
from bot.ports import Chance, Sessions, Visit
from bot.session import Session
from bot.speech import Say, Speech
from bot.text import fold
from bot.turn import Heard, Services, Turn
from bot.utility import Utility

PATIENCE = 3  # misunderstandings in a row before we offer a way out
SAME_ANSWERS = 3  # S2: two robots talking to each other repeat themselves

SSN_DIGITS = 9
AT_REST = ("menu", "choice")

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
        self._starters = starters({name: flow.words for name, flow in flows.items()})
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
        before = session.dump()
        turn = Turn(session, message, utility, self._services)
        returned = session.state == "welcome_back" and visit.session is None
        try:
            heard = self._understand(turn, returned)
        except Unavailable:
            restored = Session.load(before)
            for name in Session.__slots__:
                setattr(session, name, getattr(restored, name))
            return Heard((Say("anywhere.unavailable", {"phone": utility.agent_phone}),), "unavailable")
        return Heard((*greeting, *heard.says), heard.outcome, heard.moved)

    def _understand(self, turn: Turn, returned: bool) -> Heard:
        session, text, utility = turn.session, turn.message.text, turn.utility
        flow = self._flows[session.flow]
        if returned and fold(text) not in self._starters and WORDS.get(fold(text), "menu") == "menu":
            return Heard((flow.words_of(session, utility),), "welcome_back")  # the text was meant for what has ended
        help_with = ""
        if cards.find(text) == "ssn" and utility.account_form.digits != SSN_DIGITS:
            return self._beside_the_step(turn, text, "")  # an account number with dashes reads the same
        try:
            turn.answer = flow.step(session).expects(text, utility)
        except NotUnderstood as misunderstood:
            help_with = misunderstood.say
        else:
            session.misunderstood = 0
            return self._decide(flow, turn, flow.step(session).then(turn))
        return self._beside_the_step(turn, text, help_with)

    def _beside_the_step(self, turn: Turn, text: str, help_with: str) -> Heard:
        """The text is not what the step expects: a card, a word that works anywhere, or not understood."""
        if kind := cards.find(text):
            self._services.people.forget_text(turn.utility.name, turn.message.id)
            return Heard((Say(f"anywhere.{kind}_in_chat"),), f"{kind}_in_chat", moved=False)
        word = fold(text)
        if word in WORDS:
            turn.session.misunderstood = 0
            return self._go_anywhere(turn, WORDS[word])
        if word in self._starters:
            name, language = self._starters[word]
            if turn.session.flow == "menu" and language in turn.utility.languages and language != "en":
                turn.session.language = language
            turn.session.misunderstood = 0
            return self._start(name, turn)
        return self._misunderstood(turn, help_with)

    def _misunderstood(self, turn: Turn, help_with: str) -> Heard:
        session, flow = turn.session, self._flows[turn.session.flow]
        session.misunderstood += 1
        if session.misunderstood >= PATIENCE:
            return Heard((Say("anywhere.way_out", {"phone": turn.utility.agent_phone}),), "way_out", moved=False)
        if help_with:
            example = turn.utility.account_form.example
            return Heard((Say(f"hearing.{help_with}", {"example": example}),), "not_understood", moved=False)
        again = flow.step(session).again
        words = Say(flow.copy_key(again)) if again else flow.words_of(session, turn.utility)
        return Heard((Say("anywhere.not_understood"), words), "not_understood", moved=False)

    def _start(self, name: str, turn: Turn) -> Heard:
        """Begin a flow. One that is over at once (a question asked in the middle) leaves the person where they were."""
        session, flow = turn.session, self._flows[name]
        place = session.flow, session.state
        session.flow, session.state = name, START
        heard = self._decide(flow, turn, flow.begin(turn))
        if (session.flow, session.state) == AT_REST and place[0] != name and place[1] not in (START, END):
            session.flow, session.state = place
        return heard

    def _decide(self, flow: Flow, turn: Turn, outcome: str) -> Heard:
        """Go where an outcome leads, and say what there is to say."""
        session, at = turn.session, turn.session.state
        go = flow.go(session, outcome)
        says = (Say(flow.copy_key(go.says), turn.slots),) if go.says else ()
        if go.to == END:
            session.flow, session.state = AT_REST
            if go.opens:
                opened = self._start(go.opens, turn)
                return Heard((*says, *opened.says), opened.outcome)
        elif go.to != at or not go.says:
            says = (*says, flow.words_of(session, turn.utility))
        return Heard(says, outcome)

    def _go_anywhere(self, turn: Turn, action: Anywhere) -> Heard:
        session, utility = turn.session, turn.utility
        flow, place = self._flows[session.flow], (session.flow, session.state)
        if action in LANGUAGES:
            session.language = LANGUAGES[action]
            self._services.people.speaks(utility.name, turn.who, session.language)
        elif action == "agent":
            slots = {"phone": utility.agent_phone, "hours": utility.agent_hours[session.language]}
            return Heard((Say("anywhere.agent", slots),), "agent")
        elif action == "done":
            session.state = END
            return Heard((Say("anywhere.done", {"brand": utility.brand}),), "done")
        elif action == "restart" and session.flow != "menu":
            session.forget_account()
            return self._start(session.flow, turn)
        elif action == "back" and flow.step(session).back:
            flow.go(session, "back")
        else:
            session.flow, session.state = AT_REST
        moved = action in LANGUAGES or place != (session.flow, session.state)
        return Heard((self._flows[session.flow].words_of(session, utility),), action, moved)

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
