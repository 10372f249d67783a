"""Whole histories of an outbox whose counterpart, workers and answers fail in every order."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.errors import Refused, Unavailable
from handlers.outbox.parcel import Delivery, Unsure
from tests.outbox.desk import Desk, Hand
from tests.sql import sqlite_engine

FAULTS = ("none", "away", "lost before", "lost after", "died before", "died after", "refused")


class Crash(BaseException):
    """The worker's process ends here."""


class World:
    """A counterpart that keeps what it took, and can be asked; and everything that can go wrong on the way to it."""

    def __init__(self) -> None:
        self.took: list[int] = []
        self.tried: list[int] = []
        self.refused: set[int] = set()
        self.fault = "none"

    def carry(self, delivery: Delivery) -> str:
        if self.fault == "away":
            raise Unavailable("away")
        if delivery.unsure_since is not None and delivery.id in self.took:
            return f"SM{delivery.id}"
        self.tried.append(delivery.id)
        if self.fault == "refused":
            self.refused.add(delivery.id)
            raise Refused("filtered by the carrier")
        if self.fault == "died before":
            raise Crash
        if self.fault == "lost before":
            raise Unsure
        self.took.append(delivery.id)
        if self.fault == "died after":
            raise Crash
        if self.fault == "lost after":
            raise Unsure
        return f"SM{delivery.id}"


class History(RuleBasedStateMachine):
    """Rows are put, time passes, sweeps find rows, workers deliver them with whatever fault comes next."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(sqlite_engine(Path(self.folder.name)))
        self.world = World()
        self.texts: set[int] = set()
        self.keys: set[int] = set()

    @rule()
    def a_text_is_put(self) -> None:
        self.texts.add(self.desk.put(f"text {len(self.texts)}"))

    @rule()
    def a_key_is_put(self) -> None:
        self.keys.add(self.desk.put_key(f"key {len(self.keys)}"))

    @rule(seconds=some.sampled_from((1, 5, 30, 120, 700)))
    def time_passes(self, seconds: int) -> None:
        self.desk.clock.pass_time(seconds=seconds)

    @rule(fault=some.sampled_from(FAULTS))
    def what_is_due_is_delivered(self, fault: str) -> None:
        for row_id in self.desk.sweep():
            self.deliver(row_id, fault)

    @rule(fault=some.sampled_from(FAULTS), pick=some.randoms(use_true_random=False))
    def a_message_of_the_broker_comes_late_or_twice(self, fault: str, pick: object) -> None:
        rows = sorted(self.texts | self.keys)
        if rows:
            self.deliver(pick.choice(rows), fault)  # type: ignore[attr-defined]

    @rule(faults=some.lists(some.sampled_from(FAULTS), min_size=2, max_size=5))
    def a_bad_hour(self, faults: list[str]) -> None:
        self.a_text_is_put()
        for fault in faults:
            self.desk.clock.pass_time(minutes=15)
            self.what_is_due_is_delivered(fault)

    def deliver(self, row_id: int, fault: str) -> None:
        self.world.fault = fault
        try:
            self.desk.worker(Hand(self.world.carry)).deliver(row_id)
        except Crash:
            pass
        finally:
            self.world.fault = "none"

    @invariant()
    def nothing_is_taken_twice(self) -> None:
        assert len(self.world.took) == len(set(self.world.took))

    @invariant()
    def a_key_that_may_have_gone_out_is_not_tried_again(self) -> None:
        tried = [row_id for row_id in self.world.tried if row_id in self.keys]
        assert len(tried) == len(set(tried))

    @invariant()
    def what_is_called_sent_was_taken(self) -> None:
        for row_id in self.texts | self.keys:
            assert self.desk.row(row_id).state != "sent" or row_id in self.world.took

    def teardown(self) -> None:
        """Everything is mended; in a few hours each row has come to its end."""
        for _ in range(40):
            self.what_is_due_is_delivered("none")
            self.desk.clock.pass_time(minutes=3)
        try:
            self.nothing_is_taken_twice()
            self.a_key_that_may_have_gone_out_is_not_tried_again()
            self.what_is_called_sent_was_taken()
            assert self.texts <= set(self.world.took) | self.world.refused, "a text was lost"
            for row_id in self.texts | self.keys:
                row = self.desk.row(row_id)
                assert row.done_at is not None, "a row never ended"
                assert row.done_at <= self.desk.clock.now() - timedelta(minutes=3)
                assert (row.body is None) == (row.state != "dead" or row_id in self.keys)
        finally:
            self.desk.engine.dispose()
            self.folder.cleanup()


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
