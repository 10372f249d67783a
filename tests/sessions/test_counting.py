"""What the limits of RULES S2 are measured by; in every store."""

import pytest

from tests.sessions.talk import Store, fail, say


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
