"""What every store of sessions does, the fake and the real ones alike."""

import threading
from contextlib import AbstractContextManager

import pytest

from bot.errors import Unavailable
from bot.names import Address
from bot.ports import Visit
from tests.fakes import FakeClock
from tests.sessions.conftest import TTL, Store

ANA = Address("sms", "+12175550101")
BEN = Address("sms", "+12175550102")


def say(
    store: Store, message_id: str | None, keep: bytes | None = b"kept", who: Address = ANA, **writes: object
) -> Visit:
    """One whole turn that keeps and answers something."""
    with store.sessions.open(who, message_id) as visit:
        visit.keep = keep
        visit.answer = b"answer to %s" % (message_id or "").encode()
        for name, value in writes.items():
            setattr(visit, name, value)
    return visit


def fail(store: Store, message_id: str, **writes: object) -> None:
    """A turn that breaks before its end."""
    with store.sessions.open(ANA, message_id) as visit:
        for name, value in writes.items():
            setattr(visit, name, value)
        raise ZeroDivisionError


def test_a_stranger_finds_nothing(store: Store) -> None:
    with store.sessions.open(ANA, "m1") as visit:
        assert visit == Visit()


def test_what_a_turn_keeps_is_there_in_the_next(store: Store) -> None:
    say(store, "m1", b"one")
    assert say(store, "m2", b"two").session == b"one"
    assert say(store, "m3").session == b"two"


def test_keeping_nothing_ends_the_session(store: Store) -> None:
    say(store, "m1")
    say(store, "m2", None)
    assert say(store, "m3").session is None


def test_an_empty_session_is_a_session(store: Store) -> None:
    say(store, "m1", b"")
    assert say(store, "m2").session == b""


def test_people_do_not_see_each_other(store: Store) -> None:
    say(store, "m1", b"Ana's", leave=b"Ana's")
    visit = say(store, "m2", who=BEN)
    assert (visit.session, visit.remains, visit.inbound) == (None, None, 1)


def test_one_phone_on_two_channels_is_two_people(store: Store) -> None:
    say(store, "m1", b"by text")
    assert say(store, "m2", who=Address("whatsapp", ANA.value)).session is None


def test_a_repeat_gets_the_first_answer_and_saves_nothing(store: Store) -> None:
    say(store, "m1", b"first", leave=b"first")
    repeat = say(store, "m1", b"second", leave=b"second", answer=b"second", moved=False)
    assert (repeat.repeated, repeat.session) == (b"answer to m1", None)
    assert say(store, "m1").repeated == b"answer to m1"
    after = say(store, "m2")
    assert (after.session, after.remains, after.unmoved, after.inbound) == (b"first", b"first", 0, 2)


def test_an_empty_answer_is_an_answer(store: Store) -> None:
    say(store, "m1", answer=b"")
    assert say(store, "m1").repeated == b""


def test_an_old_message_is_repeated_whatever_came_since(store: Store) -> None:
    say(store, "m1")
    say(store, "m2", None)
    assert say(store, "m1").repeated == b"answer to m1"


def test_a_repeat_holds_nobody(store: Store) -> None:
    say(store, "m1")
    with store.sessions.open(ANA, "m1"), store.sessions.open(ANA, "m2") as second:
        assert second.session == b"kept"


def test_two_people_may_send_the_same_message_id(store: Store) -> None:
    say(store, "m1")
    assert say(store, "m1", who=BEN).repeated is None


def test_an_answer_is_repeated_for_more_than_a_day(store: Store) -> None:
    say(store, "m1")
    store.clock.pass_time(hours=24, minutes=59)
    assert say(store, "m1").repeated == b"answer to m1"
    store.clock.pass_time(minutes=1)
    assert say(store, "m1").repeated is None


def test_a_message_without_an_answer_is_new_each_time(store: Store) -> None:
    say(store, "m1", answer=None)
    assert say(store, "m1").repeated is None


def test_a_session_lives_as_long_as_somebody_writes(store: Store) -> None:
    for turn in range(4):
        say(store, f"m{turn}")
        store.clock.pass_time(seconds=TTL - 1)
    assert say(store, "m9").session == b"kept"


def test_a_session_dies_when_its_time_is_up(store: Store) -> None:
    say(store, "m1")
    store.clock.pass_time(seconds=TTL)
    assert say(store, "m2").session is None


def test_remains_outlive_the_session(store: Store) -> None:
    say(store, "m1", leave=b"remains")
    store.clock.pass_time(hours=23, minutes=59)
    visit = say(store, "m2")
    assert (visit.session, visit.remains) == (None, b"remains")


def test_remains_are_gone_after_a_day(store: Store) -> None:
    say(store, "m1", leave=b"remains")
    store.clock.pass_time(hours=24)
    assert say(store, "m2").remains is None


def test_a_turn_that_leaves_nothing_clears_the_remains(store: Store) -> None:
    say(store, "m1", leave=b"remains")
    say(store, "m2")
    assert say(store, "m3").remains is None


def test_a_failing_turn_saves_nothing_and_its_message_may_come_again(store: Store) -> None:
    say(store, "m1", b"old", leave=b"old")
    with pytest.raises(ZeroDivisionError):
        fail(store, "m2", keep=b"new", answer=b"new", leave=b"new", moved=False)
    with store.sessions.open(ANA, "m2") as again:
        assert (again.repeated, again.session, again.remains, again.unmoved) == (None, b"old", b"old", 0)


def test_a_failing_turn_lets_the_next_one_in_at_once(store: Store) -> None:
    before = store.clock.now()
    with pytest.raises(ZeroDivisionError):
        fail(store, "m1")
    say(store, "m2")
    assert store.clock.now() == before


def test_an_event_of_the_world_changes_the_session_without_counting_as_a_message(store: Store) -> None:
    say(store, "m1")
    say(store, None, b"paid")
    event = say(store, None, b"paid")
    assert (event.repeated, event.session, event.inbound) == (None, b"paid", 1)
    assert say(store, "m2").inbound == 2


def test_messages_of_the_last_minute_are_counted(store: Store) -> None:
    assert [say(store, f"m{n}").inbound for n in range(3)] == [1, 2, 3]
    store.clock.pass_time(seconds=59)
    assert say(store, "m3").inbound == 4
    store.clock.pass_time(seconds=1)
    assert say(store, "m4").inbound == 2


def test_a_failing_turn_counts_as_a_message(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        fail(store, "m1")
    assert say(store, "m2").inbound == 2


def test_answers_of_the_last_ten_minutes_that_led_nowhere_are_counted(store: Store) -> None:
    assert [say(store, f"m{n}", moved=False).unmoved for n in range(3)] == [0, 1, 2]
    assert say(store, "m3", moved=True).unmoved == 3
    store.clock.pass_time(minutes=9, seconds=59)
    assert say(store, "m4").unmoved == 3
    store.clock.pass_time(seconds=1)
    assert say(store, "m5").unmoved == 0


def test_counting_stops_far_above_every_limit(store: Store) -> None:
    visits = [say(store, f"m{n}", moved=False) for n in range(120)]
    assert (visits[98].inbound, visits[-1].inbound, visits[-1].unmoved) == (99, 99, 99)


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
