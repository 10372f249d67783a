"""A dialogue: from what was heard to what happened and what there is to say. What holds for every flow is here."""

from collections.abc import Mapping

from bot import cards
from bot.anywhere import LANGUAGES, WORDS, Anywhere, starters
from bot.errors import NotUnderstood
from bot.flow import AT_REST, END, START, Flow
from bot.speech import Say
from bot.text import fold
from bot.turn import Heard, Turn

PATIENCE = 3  # misunderstandings in a row before we offer a way out
SSN_DIGITS = 9


class Dialogue:
    """Talks through shared flows, by name; the one called "menu" is where everybody is when nothing else goes on."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = flows
        self._starters = starters({name: flow.words for name, flow in flows.items()})

    def understand(self, turn: Turn) -> Heard:
        """Answer one message."""
        session, text, utility = turn.session, turn.message.text, turn.utility
        flow = self._flows[session.flow]
        kind = cards.find(text)
        returned = session.state == "welcome_back" and not session.said_again  # nothing was said in this session yet
        if returned and not kind and fold(text) not in self._starters and WORDS.get(fold(text), "menu") == "menu":
            return Heard((flow.words_of(session, utility),), "welcome_back")  # the text was meant for what has ended
        help_with = ""
        if kind == "ssn" and utility.account_form.digits != SSN_DIGITS:
            return self._beside_the_step(turn, text, kind, "")  # an account number with dashes reads the same
        try:
            turn.answer = flow.step(session).expects(text, utility)
        except NotUnderstood as misunderstood:
            help_with = misunderstood.say
        else:
            session.misunderstood = 0
            return self._decide(flow, turn, flow.step(session).then(turn))
        return self._beside_the_step(turn, text, kind, help_with)

    def _beside_the_step(self, turn: Turn, text: str, kind: str | None, help_with: str) -> Heard:
        """The text is not what the step expects: a card, a word that works anywhere, or not understood."""
        if kind:
            turn.services.people.forget_text(turn.utility.name, turn.message.id)
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
        if action in LANGUAGES and LANGUAGES[action] not in utility.languages:
            pass  # only the step's words again, in the language that we have
        elif action in LANGUAGES:
            session.language = LANGUAGES[action]
            turn.services.people.speaks(utility.name, turn.who, session.language)
        elif action == "agent":
            slots = {"phone": utility.agent_phone, "hours": utility.agent_hours[session.language]}
            return Heard((Say("anywhere.agent", slots),), "agent")
        elif action == "thanks":
            return Heard((Say("anywhere.thanks"),), "thanks", moved=False)
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
