"""The people at work: they text, the carrier hands it in late or twice, they tap links and pay."""

from urllib.parse import urlsplit

from sandbox import twiml
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError
from sandbox.twilio_store import Message
from tests.simulation.billing import Billing
from tests.simulation.people import PEOPLE, Somebody
from tests.simulation.world import NUMBER, World

_PHONE = {"User-Agent": "Mozilla/5.0 (iPhone)"}
_PREVIEW = {"User-Agent": "facebookexternalhit/1.1"}
TRIES = 3  # of the carrier, to hand us a text


class Crowd:
    """Everybody. `letters` are texts that the carrier still has to hand in, and how often it will try."""

    def __init__(self, world: World, billing: Billing) -> None:
        self._world = world
        self._dice = world.dice
        self._billing = billing
        self._till = world.sandbox.till
        self._phones = world.sandbox.switchboard
        self._texting = PEOPLE[0]
        self.letters: list[tuple[Message, int]] = []
        self.visits: list[Thing] = []

    def text(self) -> None:
        """Somebody texts; the carrier mostly hands it to us at once."""
        if self._dice.random() < 0.5:
            self._texting = self._dice.choice(PEOPLE)
        one = self._texting
        printed = self._billing.printed(one.number)
        words = one.next_words(self._dice, self._screen(one.phone), self._screen(one.holder_phone), printed)
        self._phones.show(one.phone, "out", words)
        message = self._phones.messages.add(one.phone, NUMBER, words, "inbound", "received")
        message.sent_at = message.at
        self._phones.messages.heed(one.phone, words)
        self._world.did("somebody texts", f"{one.name}: {words!r}")
        self.letters.append((message, TRIES))
        if self._dice.random() < 0.85:
            self._hand_in(len(self.letters) - 1)

    def post_letter(self) -> None:
        """The carrier hands in a text that was late, or tries again."""
        self._hand_in(self._dice.randrange(len(self.letters)))

    def _hand_in(self, number: int) -> None:
        message, tries = self.letters.pop(number)
        self._world.law.texts.handed_in(message)
        answer = self._phones.calls.text(message, {})
        if not answer.good:
            if tries > 1:
                self.letters.append((message, tries - 1))
            return
        if self._dice.random() < 0.05:
            self.letters.append((message, 1))  # once more, for no reason
        for said in twiml.parse(answer.body):
            if message.sender not in self._phones.messages.opted_out:
                self._world.log(f"{message.sender[-4:]} reads {said.body!r}")
                self._phones.show(message.sender, "in", said.body)
            self._world.law.texts.replied(message, said.body)

    def readers(self) -> list[Somebody]:
        """Who has a link to tap."""
        return [one for one in PEOPLE if one.links(self._screen(one.phone))]

    def tap(self) -> None:
        """Somebody taps a link that they have read, or a machine looks at it first."""
        one = self._dice.choice(self.readers())
        links = one.links(self._screen(one.phone))
        token = links[-1] if self._dice.random() < 0.8 else self._dice.choice(links)
        machine = self._dice.random() < 0.15
        headers = _PREVIEW if machine else _PHONE
        answer = self._world.at_work(lambda process: process.web.get(f"/p/{token}", headers=headers))
        if answer is None:
            return
        self._world.law.served("/p/", answer)
        self._world.did(f"{'a machine' if machine else 'somebody'} opens a link: {answer.status_code}", one.name)
        if answer.status_code == 303:
            link = self._till.store.get("payment_link", urlsplit(answer.headers["Location"]).path.rpartition("/")[2])
            if link["active"]:
                self.visits.append(self._till.links.visit(link))

    def open_visits(self) -> list[Thing]:
        """The pages at Stripe on which somebody may pay."""
        return [visit for visit in self.visits if visit["status"] == "open"]

    def pay(self) -> None:
        """Somebody pays on the page that they have open."""
        visit = self._dice.choice(self.open_visits())
        by_card, good = "card" in visit["payment_method_types"], self._dice.random() < 0.9
        try:
            if by_card:
                self._till.pay_by_card(visit, good)
            else:
                self._till.pay_by_bank(visit)
        except StripeError as error:
            self._world.log(f"not paid: {error.message}")
            return
        how = ("by card" if good else "by card, declined") if by_card else "by bank"
        self._world.did(f"paid {how}", visit["amount_total"])

    def _screen(self, phone: str) -> list[str]:
        return [bubble.body for bubble in self._phones.phones.get(phone, ()) if bubble.kind == "in"]
