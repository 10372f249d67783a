"""Turns of one person come one after the other (RULES T4); in every store."""

import threading
from contextlib import AbstractContextManager

import pytest

from bot.errors import Unavailable
from bot.ports import Visit
from tests.fakes import FakeClock
from tests.sessions.talk import ANA, BEN, Store, say


def test_a_person_who_stays_busy_is_told_to_try_later(store: Store) -> None:
    started = store.clock.now()
    with store.sessions.open(ANA, "m1") as visit:
        with pytest.raises(Unavailable):
            say(store, "m2")
        assert 10 <= (store.clock.now() - started).total_seconds() < 11
        visit.keep = b"undisturbed"
    assert say(store, "m3").session == b"undisturbed"


def test_a_busy_person_keeps_nobody_else_waiting(store: Store) -> None:
    with store.sessions.open(ANA, "m1"):
        assert say(store, "m2", who=BEN).session is None


class OtherTurnEnds(FakeClock):
    """While somebody waits, the other turn comes to its end."""

    other: AbstractContextManager[Visit]

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.other.__exit__(None, None, None)


def first_turn_held(store: Store) -> Store:
    """Ana's m1 is in work, and will end as soon as somebody waits for it."""
    clock = OtherTurnEnds()
    store = store.living_by(clock)
    clock.other = store.sessions.open(ANA, "m1")
    first = clock.other.__enter__()
    first.keep, first.answer = b"by the first", b"first answer"
    return store


def test_a_second_message_waits_for_the_first_turn(store: Store) -> None:
    store = first_turn_held(store)
    assert say(store, "m2").session == b"by the first"


def test_a_repeat_that_comes_while_the_first_is_in_work_gets_its_answer(store: Store) -> None:
    store = first_turn_held(store)
    assert say(store, "m1").repeated == b"first answer"


def test_a_crashed_turn_holds_the_person_for_twenty_seconds(store: Store) -> None:
    crashed = store.sessions.open(ANA, "m1")
    crashed.__enter__()
    store.clock.pass_time(seconds=9)
    with pytest.raises(Unavailable):
        say(store, "m1")
    store.clock.pass_time(seconds=1)
    assert say(store, "m1").repeated is None
    assert not crashed.__exit__(KeyError, KeyError(), None)


def test_a_turn_that_outlived_its_lease_saves_nothing(store: Store) -> None:
    slow = store.sessions.open(ANA, "m1")
    visit = slow.__enter__()
    visit.keep, visit.answer, visit.leave = b"slow", b"slow", b"slow"
    store.clock.pass_time(seconds=20)
    say(store, "m2", b"quick")
    with pytest.raises(Unavailable):
        slow.__exit__(None, None, None)
    after = say(store, "m1")
    assert (after.repeated, after.session, after.remains) == (None, b"quick", None)


def test_a_late_failure_does_not_take_the_lease_of_the_next_turn(store: Store) -> None:
    slow = store.sessions.open(ANA, "m1")
    slow.__enter__()
    store.clock.pass_time(seconds=20)
    with store.sessions.open(ANA, "m2"):
        assert not slow.__exit__(KeyError, KeyError(), None)
        with pytest.raises(Unavailable):
            say(store, "m3")


class Yielding(FakeClock):
    """Whoever waits lets the other threads run."""

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(0.001)


def test_turns_of_one_person_that_come_at_once_are_taken_one_by_one(store: Store) -> None:
    store = store.living_by(Yielding())
    threads, turns = 4, 10
    at_once = threading.Barrier(threads)

    def talk(thread: int) -> None:
        for turn in range(turns):
            at_once.wait()
            with store.sessions.open(ANA, f"{thread}-{turn}") as visit:
                visit.keep = b"%d" % (int(visit.session or b"0") + 1)

    everybody = [threading.Thread(target=talk, args=[thread]) for thread in range(threads)]
    for thread in everybody:
        thread.start()
    for thread in everybody:
        thread.join()
    assert say(store, "last").session == b"40"


def test_one_message_delivered_many_times_at_once_is_worked_on_once(store: Store) -> None:
    store = store.living_by(Yielding())
    threads = 6
    at_once, worked = threading.Barrier(threads), []
    answers = []

    def deliver() -> None:
        at_once.wait()
        with store.sessions.open(ANA, "m1") as visit:
            if visit.repeated is None:
                worked.append(visit)
                visit.answer = b"the answer"
        answers.append(visit.repeated or visit.answer)

    everybody = [threading.Thread(target=deliver) for _ in range(threads)]
    for thread in everybody:
        thread.start()
    for thread in everybody:
        thread.join()
    assert (len(worked), answers) == (1, [b"the answer"] * threads)
