"""What a turn keeps, for whom and for how long; in every store."""

import pytest

from bot.names import Address
from bot.ports import Visit
from tests.sessions.talk import ANA, BEN, TTL, Store, fail, say


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
