"""Texts: once for one cause, to nobody who opted out, true, and links to nobody but who asked."""

import re
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import requests
from sqlalchemy import Connection

from bot.speech import Speech
from config import profiles
from handlers.sessions.spans import ANSWER
from sandbox.twilio_store import Message
from tests.simulation.network import form_of

if TYPE_CHECKING:
    from tests.simulation.law import Law
    from tests.simulation.world import World

_SLOT = re.compile(r"\\\{(\w+)\\\}")
_LINK = re.compile(r"/[pr]/(\w{22})")
_CAME = ("receipts.paid", "receipts.second", "receipts.surplus")


class Texts:
    """`sent` are the texts that Twilio really took: row of the outbox, phone, words."""

    def __init__(self, world: "World", law: "Law") -> None:
        self._world = world
        self._law = law
        self._sentences = _sentences()
        self.sent: list[tuple[int, str, str]] = []
        self.by_row: Counter[int] = Counter()
        self.keys: Counter[tuple[str, str]] = Counter()
        self.opted_out: set[str] = set()
        self._answers: dict[str, tuple[object, datetime, str]] = {}
        self._handed = 0
        self._first: dict[str, int] = {}
        self._start: dict[str, int] = {}
        self.told: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def asked(self, request: requests.PreparedRequest) -> None:
        """A process is about to hand Twilio a text: the last look at opt-outs was just before."""
        form = form_of(request)
        if request.method == "POST" and form.get("To"):
            self._law.demand(form["To"] not in self.opted_out, "no text goes to somebody who opted out", form["To"])

    def answered(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        """Twilio took a text, or refused it."""
        form = form_of(request)
        if request.method != "POST" or "To" not in form or answer.status_code != 201:
            return
        row, to, words = int(form["StatusCallback"].partition("?o=")[2]), form["To"], form["Body"]
        self.sent.append((row, to, words))
        self.by_row[row] += 1
        self._law.demand(self.by_row[row] == 1, "no two texts for one cause", f"row {row}")
        name, slots = self.sentence(words)
        self._law.demand(bool(name), "every text is a sentence of the copy", words)
        self.told[to].append((name, slots.get("total", "")))
        if name.startswith("keys."):
            self.keys[to, slots["digits"]] += 1
            self._law.demand(self.keys[to, slots["digits"]] == 1, "no key is sent twice", f"row {row}")
        for found in _LINK.finditer(words):
            self._link(found[1], to)
        self._true(name, slots, to)

    def _link(self, token: str, to: str) -> None:
        """A link by a text of its own: only for a payment that this phone has asked for."""
        rows = self._law.refreshed().values()
        theirs = any(token in (row["token"], row["receipt_token"]) and row["payer"] == f"sms:{to}" for row in rows)
        self._law.demand(theirs, "links only to whoever asked", token)

    def _true(self, name: str, slots: dict[str, str], to: str) -> None:
        """Who is thanked has paid; each charge is thanked for once at most."""
        if not name.startswith(_CAME):
            return
        thanked = sum(told.startswith(_CAME) and total == slots["total"] for told, total in self.told[to])
        paid = sum(_money(charge["amount"]) == slots["total"] for charge in self.paid_by(to))
        self._law.demand(thanked <= paid, '"paid" is said only when it is true', f"{thanked} of {paid} {slots}")

    def paid_by(self, phone: str) -> list[dict[str, object]]:
        """The charges that truly succeeded for links that this phone had asked for."""
        payers = {row["id"]: row["payer"] for row in self._law.refreshed().values()}
        charges = self._world.sandbox.till.store.all("charge")
        return [one for one in charges if one["paid"] and payers.get(one["metadata"].get("payment")) == f"sms:{phone}"]

    def check(self, connection: Connection) -> None:
        """After every step."""

    def handed_in(self, message: Message) -> None:
        """A text of a person is about to reach us, for the first time or once more."""
        self._handed += 1
        self._first.setdefault(message.sid, self._handed)
        if message.body in ("START", "UNSTOP"):
            self._start[message.sender] = self._handed
            self.opted_out.discard(message.sender)

    def replied(self, message: Message, words: str) -> None:
        """The answer to a text, as the person reads it. A START that came since makes an old STOP's answer void."""
        phone = message.sender
        self._same_again(message, words)
        if self.sentence(words)[0] == "anywhere.opted_out" and self._first[message.sid] > self._start.get(phone, 0):
            self.opted_out.add(phone)
        for found in _LINK.finditer(words):
            self._link(found[1], phone)

    def _same_again(self, message: Message, words: str) -> None:
        """A message that comes again gets the answer it got before, as long as Redis has lost nothing (RULES T2)."""
        store, now = self._world.redis.store, self._world.clock.now()
        name, _ = self.sentence(words)
        if name.startswith(("anywhere.unavailable", "anywhere.bug", "anywhere.opted_out")):
            return  # nothing was done, or done without a session
        earlier = self._answers.get(message.sid)
        if earlier and earlier[0] is store and now - earlier[1] < ANSWER:
            self._law.demand(earlier[2] == words, "the same message gets the same answer", message.sid)
        elif not earlier or earlier[0] is not store:
            self._answers[message.sid] = (store, now, words)

    def sentence(self, words: str) -> tuple[str, dict[str, str]]:
        """Which sentence of the copy this is, and what fills its slots."""
        for name, pattern in self._sentences:
            if found := pattern.fullmatch(words):
                return name, found.groupdict()
        return "", {}


@cache
def _sentences() -> list[tuple[str, re.Pattern[str]]]:
    made = []
    for copy in Speech.load(profiles.COPY).copies.values():
        for name, text in copy.items():
            if name.startswith(("receipts.", "keys.text", "anywhere.")):
                pattern = _SLOT.sub(lambda slot: f"(?P<{slot[1]}>.+?)", re.escape(text))
                made.append((name, re.compile(pattern, re.DOTALL)))
    return made


def _money(minor: object) -> str:
    assert isinstance(minor, int)
    return f"${minor / 100:,.2f}"
