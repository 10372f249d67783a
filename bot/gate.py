"""What comes before any conversation: consent, limits, and messages that are no answer (RULES W1-W7, S2, S3)."""

from bot.consent_words import is_help, is_opt_in, is_opt_out
from bot.flow import AT_REST
from bot.message import Message
from bot.ports import People, Visit
from bot.session import Session
from bot.speech import Say
from bot.text import is_tapback
from bot.turn import Heard
from bot.utility import Utility

INBOUND_A_MINUTE = 20  # S2
UNMOVED_ANSWERS = 10  # S2: answers in ten minutes that led nowhere; then two robots are talking


class Gate:
    """Answers what must be answered whatever the conversation is about, or lets the message pass (None)."""

    def __init__(self, people: People) -> None:
        self._people = people

    def stops(self, message: Message, session: Session, visit: Visit, utility: Utility) -> Heard | None:
        """The answer, if this message needs no conversation. STOP and HELP come before any limit."""
        return self._consent(message, session, utility) or self._limits(visit, utility) or self._unreadable(message)

    def _consent(self, message: Message, session: Session, utility: Utility) -> Heard | None:
        said = message.carrier_answered
        if said == "STOP" or (not said and is_opt_out(message.text, message.who.channel)):
            return self._opt_out(message, session, utility)
        if said == "START" or (not said and is_opt_in(message.text)):
            # Also when the session knows of no opt-out: the carrier may have told us of one meanwhile (T7).
            self._people.opt_in(utility.name, message.who, message.id)
            session.opted_out = self._people.meet(utility.name, message.who).opted_out
            if session.opted_out:
                return heard("", "opted_in_before")  # an old message come again (T2): the newer STOP holds
            session.flow, session.state = AT_REST
            return heard("" if said else "anywhere.opted_in", "opted_in", brand=utility.brand)
        if said == "HELP" or (not said and is_help(message.text)):
            return heard(
                "" if said else "anywhere.help",
                "help",
                brand=utility.brand,
                phone=utility.agent_phone,
                site=utility.site,
            )
        return heard("", "silent_opted_out") if session.opted_out else None

    def stops_without_session(self, message: Message, utility: Utility) -> Heard | None:
        """What can be done without a session: STOP. Raises Unavailable when SQL is away too."""
        if not message.readable or not is_opt_out(message.text, message.who.channel):
            return None
        person = self._people.meet(utility.name, message.who)
        session = Session("", utility.name, person.language or utility.languages[0], 0, opted_out=person.opted_out)
        return self._opt_out(message, session, utility)

    def _opt_out(self, message: Message, session: Session, utility: Utility) -> Heard:
        if session.opted_out:
            return heard("", "opted_out_before")  # exactly one confirmation (W3)
        self._people.opt_out(utility.name, message.who, message.id)
        session.opted_out = True
        words = "" if message.carrier_answered else "anywhere.opted_out"
        return heard(words, "opted_out", brand=utility.brand, phone=utility.agent_phone)

    def _limits(self, visit: Visit, utility: Utility) -> Heard | None:
        return slowed(visit.inbound - INBOUND_A_MINUTE, utility)

    def tires(self, heard: Heard, visit: Visit, utility: Utility) -> Heard:
        """The answer, unless there were too many that led nowhere. One that leads somewhere is always given."""
        return heard if heard.moved else slowed(visit.unmoved - UNMOVED_ANSWERS + 1, utility) or heard

    def _unreadable(self, message: Message) -> Heard | None:
        if not message.readable:
            return heard("anywhere.unreadable", "unreadable", moved=False)
        if not message.text:
            return heard("anywhere.picture" if message.media else "anywhere.empty", "empty", moved=False)
        return heard("", "tapback", moved=False) if is_tapback(message.text) else None


def slowed(over: int, utility: Utility) -> Heard | None:
    """What is said `over` a limit: one sentence when it is reached, then silence. Answers would keep robots going."""
    if over <= 0:
        return None
    return heard("anywhere.slow_down" if over == 1 else "", "limited", moved=False, phone=utility.agent_phone)


def heard(key: str, outcome: str, moved: bool = True, **slots: str) -> Heard:
    """A one-sentence answer; an empty key is silence."""
    return Heard((Say(key, slots),) if key else (), outcome, moved)
