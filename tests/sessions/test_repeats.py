"""A message delivered twice gets its first answer (RULES T2); in every store."""

from tests.sessions.talk import ANA, BEN, Store, say


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
