"""Stripe's events come in any order, late and twice: the ledger, the facts and the texts end alike (RULES M6)."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.payments.records import Record
from handlers.payments.state import state
from sandbox.stripe_objects import Thing
from tests.payments.world import World
from tests.sql import sqlite_engine
from tests.timed import TimedSandbox

THANKS, SECOND, SORRY, PENDING = "Nothing is left to pay", "came in a second time", "did not go through", "your bank is"
Act = Callable[[World, Sequence[Thing]], object]


def card(page: int) -> Act:
    return lambda world, pages: world.sandbox.till.pay_by_card(pages[page])


def bank(page: int) -> Act:
    return lambda world, pages: world.sandbox.till.pay_by_bank(pages[page])


def decided(page: int, good: bool) -> Act:
    def act(world: World, pages: Sequence[Thing]) -> None:
        world.clock.pass_time(days=1)
        world.sandbox.till.settle_bank(pages[page], good)

    return act


def left(page: int) -> Act:
    return lambda world, pages: world.sandbox.till.expire(pages[page])


@dataclass(frozen=True)
class Story:
    """What happens at Stripe on two open pages of one link, and how it must end, in cents. `after`: when it is paid."""

    label: str
    acts: Sequence[Act]
    stripe: int
    owed: int
    named: str
    facts: frozenset[str]
    says: Mapping[str, int]
    after: timedelta | None = None
    method: str = "card"
    may_say: frozenset[str] = frozenset()


@dataclass(frozen=True)
class BankStory(Story):
    """The same from bank accounts."""

    method: str = "bank"
    may_say: frozenset[str] = frozenset({PENDING})


PAID, WAITED = frozenset({"paid_at"}), frozenset({"pending_at", "paid_at"})
NOW, DAY = timedelta(0), timedelta(days=1)
ONE, TWICE, BOTH = {THANKS: 1}, {THANKS: 1, SECOND: 1}, frozenset({PENDING, SORRY})
STORIES = [
    Story("a card", [card(0)], 8595, 0, "paid", PAID, ONE, NOW),
    Story("somebody leaves, somebody pays", [left(0), card(1)], 8595, 0, "paid", PAID, ONE, NOW),
    Story("two cards", [card(0), card(1)], 17190, -8595, "paid", PAID, TWICE, NOW),
    BankStory("a bank says yes", [bank(0), decided(0, True)], 8420, 0, "paid", WAITED, ONE, DAY),
    BankStory(
        label="a bank says no",
        acts=[bank(0), decided(0, False)],
        stripe=0,
        owed=8420,
        named="failed",
        facts=frozenset({"pending_at", "failed_at"}),
        says={SORRY: 1},
    ),
    BankStory(
        label="two banks say yes",
        acts=[bank(0), bank(1), decided(0, True), decided(1, True)],
        stripe=16840,
        owed=-8420,
        named="paid",
        facts=WAITED,
        says=TWICE,
    ),
    BankStory(
        label="one bank says yes, another no",
        acts=[bank(0), bank(1), decided(0, True), decided(1, False)],
        stripe=8420,
        owed=0,
        named="paid",
        facts=WAITED,
        says=ONE,
        after=DAY,
        may_say=BOTH,
    ),
    BankStory(
        label="one bank says no, another yes",
        acts=[bank(0), bank(1), decided(0, False), decided(1, True)],
        stripe=8420,
        owed=0,
        named="paid",
        facts=WAITED,
        says=ONE,
        after=2 * DAY,
        may_say=BOTH,
    ),
]
FACTS = ("pending_at", "paid_at", "failed_at", "refunded_at", "withdrawn_at")


@contextmanager
def told(sandbox: TimedSandbox, client: stripe.StripeClient, story: Story) -> Iterator["Telling"]:
    """A new world in which the story has not begun."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlite_engine(Path(folder))
        try:
            yield Telling(World(engine, sandbox, client), story)
        finally:
            engine.dispose()


class Telling:
    """Lets the story happen, and delivers what Stripe tells of it."""

    def __init__(self, world: World, story: Story) -> None:
        self.world, self.story = world, story
        links = len(world.sandbox.till.store.all("payment_link"))  # worlds share Stripe, and must not share a payment
        self.record: Record = world.link(method=story.method, confirmed_by=f"SM{links:032x}")
        self._pages = [world.visit(self.record), world.visit(self.record)]
        self._before = len(world.sandbox.till.webhooks.deliveries)

    def act(self, number: int) -> None:
        self.story.acts[number](self.world, self._pages)

    def events(self) -> list[Thing]:
        """What Stripe has told so far of checkout sessions."""
        told = [one.event for one in self.world.sandbox.till.webhooks.deliveries[self._before :]]
        return [event for event in told if event["type"].startswith("checkout.session.")]

    def deliver(self, event: Thing) -> None:
        assert self.world.deliver(event, created=event["created"]).status_code == 200

    def check(self) -> None:
        """It ended as it must."""
        world, story, after = self.world, self.story, self.world.record(self.record.id)
        assert (world.book("stripe"), world.owed(after.account_id).minor) == (story.stripe, story.owed)
        assert state(after, world.clock.now()) == story.named
        facts = {fact for fact in FACTS if getattr(after, fact) is not None}
        assert facts - {"failed_at"} == story.facts - {"failed_at"}
        assert story.facts <= facts
        if story.after is not None and after.paid_at:
            assert after.paid_at - after.requested_at == story.after
        said = Counter(self._kind(text) for text in world.texts())
        assert {kind: said[kind] for kind in story.says} == story.says
        assert set(said) <= {*story.says, *story.may_say}
        assert all(said[kind] <= 1 for kind in said)
        assert (len(world.tickets()), "parked" in dict(world.judged())) == (0, False)

    def _kind(self, text: str) -> str:
        return next((kind for kind in (THANKS, SECOND, SORRY, PENDING) if kind in text), text)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.label)
def test_whatever_the_order_in_which_everything_is_told_afterwards(
    sandbox: TimedSandbox, client: stripe.StripeClient, story: Story
) -> None:
    for order in permutations(range(_count(sandbox, client, story))):
        with told(sandbox, client, story) as telling:
            for number in range(len(story.acts)):
                telling.act(number)
            events = telling.events()
            for place in order:
                telling.deliver(events[place])
            telling.check()


def _count(sandbox: TimedSandbox, client: stripe.StripeClient, story: Story) -> int:
    with told(sandbox, client, story) as telling:
        for number in range(len(story.acts)):
            telling.act(number)
        return len(telling.events())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.sampled_from(STORIES), data=st.data())
def test_whenever_and_however_often_each_is_told(
    sandbox: TimedSandbox, client: stripe.StripeClient, story: Story, data: st.DataObject
) -> None:
    with told(sandbox, client, story) as telling:
        heard: set[str] = set()
        for number in range(len(story.acts)):
            telling.act(number)
            events = telling.events()
            for event in data.draw(st.lists(st.sampled_from(events), max_size=3)) if events else []:
                heard.add(event["id"])
                telling.deliver(event)
        for event in data.draw(st.permutations(telling.events())):
            if event["id"] not in heard or data.draw(st.booleans()):
                telling.deliver(event)
        telling.check()
