"""Whatever is tried by whom in whatever order, no window ever holds more than its limit."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, delete

from bot.names import AccountNumber, Address
from bot.ports import Locked
from handlers.ledger import tables
from handlers.people import limits
from handlers.people.limits import Limit
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests.cast import ANA, ANAS_PHONE, BEN, BENS_PHONE, ELIS_PHONE, texting
from tests.fakes import FakeClock

PHONES = st.sampled_from([ANAS_PHONE, BENS_PHONE, ELIS_PHONE]).map(texting)
NUMBERS = st.sampled_from([ANA, BEN])
ON_FILE = {(texting(ANAS_PHONE), ANA), (texting(BENS_PHONE), BEN)}
SPANS = st.sampled_from([1, 29, 30, 120, 599, 600, 1500, 3599, 3600, 7200, 86_399, 86_400])

Try = tuple[str, datetime, Address, AccountNumber]


class AnyOrder(RuleBasedStateMachine):
    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.clock = FakeClock()
        self.tries = Tries(self.clock, Sealer([b"k" * 32]), hourly_keys=5)
        self.allowed: list[Try] = []
        with engine.begin() as connection:
            connection.execute(delete(tables.attempt))
            connection.execute(delete(tables.lockout))

    @rule(seconds=SPANS)
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_time(seconds=seconds)

    @rule(who=PHONES, number=NUMBERS)
    def looks_up(self, who: Address, number: AccountNumber) -> None:
        subject = self.tries.subject("prairie", number)
        with self.engine.begin() as connection:
            self.note(
                "lookup", who, number, self.tries.count_lookup(connection, who, subject, (who, number) in ON_FILE)
            )

    @rule(who=PHONES, number=NUMBERS)
    def asks_for_a_key(self, who: Address, number: AccountNumber) -> None:
        subject = self.tries.subject("prairie", number)
        with self.engine.begin() as connection:
            self.note("sent", who, number, self.tries.key_send_allowed(connection, who, subject))

    @rule(who=PHONES, number=NUMBERS, times=st.integers(1, 6))
    def guesses(self, who: Address, number: AccountNumber, times: int) -> None:
        subject, on_file = self.tries.subject("prairie", number), (who, number) in ON_FILE
        for _ in range(times):
            with self.engine.begin() as connection:
                self.tries.hold(connection, who, subject)
                locked = self.tries.locked(connection, who, subject, on_file)
                self.note("wrong", who, number, locked)
                if locked is None:
                    self.tries.wrong(connection, who, subject, on_file)

    def note(self, kind: str, who: Address, number: AccountNumber, locked: Locked | None) -> None:
        if locked is None:
            self.allowed.append((kind, self.clock.now(), who, number))
        else:
            assert self.clock.now() < locked.until <= self.clock.now() + timedelta(days=1)

    def most(self, kind: str, limit: Limit, concerns: Callable[[Try], bool]) -> int:
        """The most tries of any window as long as the limit's that ends at a try."""
        times = [made[1] for made in self.allowed if made[0] == kind and concerns(made)]
        return max((sum(end - limit.window < time <= end for time in times) for end in times), default=0)

    @invariant()
    def no_window_is_overfull(self) -> None:
        for who in (texting(ANAS_PHONE), texting(BENS_PHONE), texting(ELIS_PHONE)):
            assert self.most("lookup", limits.LOOKUPS_BY_ADDRESS, lambda made, w=who: made[2] == w) <= 10
            for limit in limits.KEYS_FOR_ADDRESS:
                assert self.most("sent", limit, lambda made, w=who: made[2] == w) <= limit.count
            elsewhere = limits.WRONG_BY_ADDRESS  # the phone on file may still err at its own account
            assert self.most("wrong", elsewhere, lambda made, w=who: made[2] == w and (w, made[3]) not in ON_FILE) <= 5
        for number in (ANA, BEN):
            strangers = lambda made, n=number: made[3] == n and (made[2], n) not in ON_FILE  # noqa: E731
            assert self.most("lookup", limits.LOOKUPS_OF_ACCOUNT, strangers) <= 10
            assert self.most("wrong", limits.WRONG_OF_ACCOUNT, strangers) <= 10
            for limit in limits.KEYS_FOR_ACCOUNT:
                assert self.most("sent", limit, lambda made, n=number: made[3] == n) <= limit.count
        assert self.most("sent", Limit(5, limits.HOUR), lambda _: True) <= 5


def test_no_window_ever_holds_more_than_its_limit(engine: Engine) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: AnyOrder(engine), settings=settings(max_examples=15, stateful_step_count=40, deadline=None)
    )
