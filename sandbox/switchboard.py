"""Carries texts between the phones and the program, and keeps what each phone's owner sees.

STOP and START work as Twilio's default opt-out handling does: the text still reaches the program (nothing is
swallowed), Twilio answers by itself, and from a STOP on nothing goes out to that phone: an API call fails with 21610,
a TwiML answer is dropped. HELP goes to the program alone. With `advanced_opt_out` the form carries `OptOutType`.
"""

import itertools
from dataclasses import dataclass
from functools import partial

from sandbox import segments, twiml
from sandbox.post_office import PostOffice
from sandbox.setting import Setting
from sandbox.twilio_calls import TwilioCalls
from sandbox.twilio_store import Message, Messages, TwilioError


@dataclass(frozen=True, slots=True)
class Bubble:
    """One line on a phone's screen: `kind` is out (typed there), in (received) or note (the sandbox explains)."""

    number: int
    kind: str
    body: str
    at: float
    segments: int = 0


class Switchboard:
    """The miniature Twilio's doings: `phones` are the screens, `unreachable` the phones that are off."""

    def __init__(self, setting: Setting, post: PostOffice) -> None:
        self._setting = setting
        self._post = post
        self._numbers = itertools.count(1)
        self.calls = TwilioCalls(setting)
        self.messages = Messages(setting.mint)
        self.phones: dict[str, list[Bubble]] = {}
        self.unreachable: set[str] = set()

    def show(self, phone: str, kind: str, body: str) -> None:
        """Put a line on a phone's screen."""
        count = 0 if kind == "note" else segments.count(body)
        bubble = Bubble(next(self._numbers), kind, body, self._setting.mint.clock(), count)
        self.phones.setdefault(phone, []).append(bubble)

    def text(self, phone: str, body: str, media: int = 0, **more: str) -> list[str]:
        """Somebody texts the utility; the answers that came at once. `more` adds to the form or replaces."""
        self.show(phone, "out", body + " [picture]" * media)
        message = self.messages.add(phone, self._setting.twilio_number, body, "inbound", "received", media)
        message.sent_at = message.at
        keyword, words = self.messages.heed(phone, body)
        if words:
            self._deliver(phone, words, "outbound-reply")
        if keyword and self._setting.advanced_opt_out:
            more = {"OptOutType": keyword, **more}
        answer = self.calls.text(message, more)
        if not answer.good:
            self.show(phone, "note", f"11200: the program answered {answer.fault or answer.status}")
            return []
        try:
            said = twiml.parse(answer.body)
        except ValueError as fault:
            self.show(phone, "note", str(fault))
            return []
        return [one.body for one in said if self._reply(phone, one)]

    def _reply(self, phone: str, said: twiml.Said) -> bool:
        if phone in self.messages.opted_out:
            self.show(phone, "note", f"21610: not delivered, this phone has opted out: {said.body}")
            return False
        message = self._deliver(phone, said.body, "outbound-reply", said.media)
        if said.callback:
            self._report(message, said.callback, ("sent", "delivered"))
        return True

    def _deliver(self, phone: str, body: str, direction: str, media: int = 0) -> Message:
        message = self.messages.add(self._setting.twilio_number, phone, body, direction, "delivered", media)
        message.sent_at = message.at
        self.show(phone, "in", body + " [picture]" * media)
        return message

    def send(self, to: str, body: str, media: int, validity: int, callback: str) -> Message:
        """The program sends a text by the API: queued now, on the phone a moment later. Raises TwilioError 21610."""
        if to in self.messages.opted_out:
            raise TwilioError(400, 21610, "Attempt to send to unsubscribed recipient")
        message = self.messages.add(self._setting.twilio_number, to, body, "outbound-api", "queued", media)
        message.validity = validity
        self._post.later("text", lambda: self._carry(message, callback))
        return message

    def _carry(self, message: Message, callback: str) -> None:
        if message.status != "queued":
            return
        message.sent_at = self._setting.mint.clock()
        if message.to in self.unreachable:
            message.error = 30003
            self._report(message, callback, ("queued", "sent", "undelivered"))
            return
        self.show(message.to, "in", message.body + " [picture]" * message.media)
        self._report(message, callback, ("queued", "sent", "delivered"))

    def _report(self, message: Message, callback: str, states: tuple[str, ...]) -> None:
        for state in states:
            message.status = state
            message.history.append(state)
            if callback:
                told = partial(self.calls.status, message, callback, state)
                self._post.later(f"status {state}", told)
