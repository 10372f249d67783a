"""Whole histories of two people, in Redis and in the fake side by side: whatever happens, both tell the same."""

from contextlib import AbstractContextManager

import redis
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bot.errors import Unavailable
from bot.names import Address
from bot.ports import Visit
from handlers.sessions.memory import MemorySessions
from tests.sessions.talk import ANA, BEN, TTL, over

PEOPLE = st.sampled_from([ANA, BEN])
MESSAGES = st.sampled_from(["m1", "m2", "m3", "m4", None])
VALUES = st.none() | st.binary(max_size=3)
WRITES = st.builds(Visit, keep=VALUES, answer=VALUES, leave=VALUES, moved=st.booleans())
SECONDS = st.sampled_from([1, 19, 20, 59, 60, 599, TTL - 1, TTL, 86_400, 90_000])

Turn = AbstractContextManager[Visit]


class Histories(RuleBasedStateMachine):
    """Turns that end well, fail, or stay open while others come; and time, which passes for both stores alike."""

    held = Bundle("held")

    def __init__(self, client: redis.Redis) -> None:
        super().__init__()
        client.flushall()
        self.real = over(client)
        self.fake = MemorySessions(self.real.clock, TTL)
        self.begun: list[Turn] = []

    @rule(target=held, who=PEOPLE, message=MESSAGES, writes=WRITES)
    def begin(self, who: Address, message: str | None, writes: Visit) -> object:
        """A turn begins and writes; it ends later, or never."""
        return self.both(who, message, writes) or multiple()

    def both(self, who: Address, message: str | None, writes: Visit) -> tuple[Turn, Turn] | None:
        """A turn in both stores, with these writes. None if the person stays busy: in both, or in neither."""
        turns = self.real.sessions.open(who, message), self.fake.open(who, message)
        self.begun += turns
        now = self.real.clock.now()
        seen = []
        for turn in turns:
            self.real.clock._now = now  # waiting let time pass for the first: the second waits from the same instant
            try:
                seen.append(turn.__enter__())
            except Unavailable:
                seen.append(None)
        real, fake = seen
        assert real == fake
        if real is None or fake is None:
            return None
        for visit in (real, fake):
            visit.keep, visit.answer, visit.leave, visit.moved = writes.keep, writes.answer, writes.leave, writes.moved
        return turns

    @rule(turns=consumes(held))
    def end(self, turns: tuple[Turn, Turn]) -> None:
        """A turn ends well, or comes too late."""
        assert len({too_late(turn) for turn in turns}) == 1

    @rule(turns=consumes(held))
    def fail(self, turns: tuple[Turn, Turn]) -> None:
        """A turn breaks."""
        for turn in turns:
            assert not turn.__exit__(KeyError, KeyError(), None)

    @rule(seconds=SECONDS)
    def pass_time(self, seconds: int) -> None:
        """Time passes."""
        self.real.clock.pass_time(seconds=seconds)

    @rule(who=PEOPLE, message=MESSAGES, writes=WRITES)
    def whole_turn(self, who: Address, message: str | None, writes: Visit) -> None:
        """A turn from beginning to end."""
        if turns := self.both(who, message, writes):
            assert len({too_late(turn) for turn in turns}) == 1

    def teardown(self) -> None:
        """Turns that never ended must not end later, in another history."""
        for turn in self.begun:
            turn.gen.close()  # type: ignore[attr-defined]


def too_late(turn: Turn) -> bool:
    """Whether a turn is told, at its end, that another one got in."""
    try:
        turn.__exit__(None, None, None)
    except Unavailable:
        return True
    return False


def test_redis_and_the_fake_tell_the_same_history(redis_client: redis.Redis) -> None:
    run_state_machine_as_test(
        lambda: Histories(redis_client), settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
    )
