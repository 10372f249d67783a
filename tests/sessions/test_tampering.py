"""Whoever changes values in Redis gains nothing (RULES S6): a question more, at worst."""

import logging

import pytest
import redis

from bot.errors import Unavailable
from handlers.sealing import Sealer
from tests.sessions.talk import ANA, BEN, TTL, Store, at, over, say


def test_values_of_two_people_cannot_be_swapped(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1", b"Ana's")
    anas = at(redis_client, "s")
    say(ours, "m1", b"Ben's", who=BEN)
    (bens,) = (key for key in redis_client.keys("*:s") if key != anas)
    redis_client.set(bens, redis_client.get(anas))
    assert say(ours, "m2", who=BEN).session is None


def test_remains_cannot_be_put_in_place_of_a_session(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1", leave=b"remains")
    redis_client.copy(at(redis_client, "r"), at(redis_client, "s"), replace=True)
    assert say(ours, "m2").session is None


def test_a_session_with_any_bit_flipped_is_dropped(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m", b"session")
    key = at(redis_client, "s")
    value = redis_client.get(key)
    for bit in range(8 * len(value)):
        redis_client.set(key, value)
        redis_client.setbit(key, bit, 1 - redis_client.getbit(key, bit))
        with ours.sessions.open(ANA, None) as visit:
            assert visit.session is None


def test_a_session_cut_short_anywhere_is_dropped(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m", b"session")
    key = at(redis_client, "s")
    value = redis_client.get(key)
    for length in range(len(value)):
        redis_client.set(key, value[:length])
        with ours.sessions.open(ANA, None) as visit:
            assert visit.session is None


def test_a_life_cannot_be_prolonged_from_outside(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1", b"session")
    redis_client.persist(at(redis_client, "s"))
    ours.clock.pass_time(seconds=TTL)
    assert say(ours, "m2").session is None


def test_after_a_tampered_session_the_talk_goes_on(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1")
    redis_client.setrange(at(redis_client, "s"), 20, b"tampered")
    say(ours, "m2", b"new")
    assert say(ours, "m3").session == b"new"


def test_a_tampered_answer_makes_the_message_a_new_one(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1")
    (key,) = redis_client.keys("*:m:*")
    redis_client.setrange(key, 20, b"tampered")
    assert say(ours, "m1").repeated is None
    assert say(ours, "m1").repeated == b"answer to m1"


def test_tampering_is_one_line_in_the_log_without_names(
    ours: Store, redis_client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    say(ours, "m1")
    key = at(redis_client, "s")
    redis_client.setrange(key, 20, b"tampered")
    with caplog.at_level(logging.DEBUG):
        say(ours, "m2")
    (record,) = (record for record in caplog.records if record.name == "guestpay.sessions")
    assert not any(part in record.getMessage() for part in (key.decode(), "2175550101", "m2"))


def test_sessions_outlive_the_change_of_a_key(redis_client: redis.Redis) -> None:
    old, new = b"o" * 32, b"n" * 32
    say(over(redis_client, Sealer([old])), "m1", b"sealed with the old key")
    assert say(over(redis_client, Sealer([new, old])), "m2").session == b"sealed with the old key"


def test_a_session_that_changed_under_a_turn_is_not_overwritten(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1", b"first")
    key = at(redis_client, "s")
    older = redis_client.get(key)
    say(ours, "m2", b"second")
    turn = ours.sessions.open(ANA, "m3")
    visit = turn.__enter__()
    visit.keep, visit.answer = b"third", b"third"
    redis_client.set(key, older)
    with pytest.raises(Unavailable):
        turn.__exit__(None, None, None)
    after = say(ours, "m3")
    assert (after.repeated, after.session) == (None, b"first")
