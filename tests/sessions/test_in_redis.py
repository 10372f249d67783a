"""What travels to Redis and rests there (RULES S6)."""

from collections.abc import Iterator

import redis
from redis.crc import key_slot

from handlers.sessions.redis_client import connect
from tests.sessions.talk import ANA, TTL, Store, say

SID = "SM" + "7" * 32
SECRET = b'{"account": "0012345678", "step": "amount"}'


def commands(client: redis.Redis, url: str) -> Iterator[dict[str, str]]:
    """Whatever reaches the server, but not what scripts do inside, until somebody says "end"."""
    with connect(url) as watcher, watcher.monitor() as monitor:
        yield {}
        while (seen := monitor.next_command())["command"] != "ECHO end":
            if seen["client_type"] != "lua":
                yield seen


def test_a_turn_is_two_commands_that_show_nobody(ours: Store, redis_client: redis.Redis, redis_url: str) -> None:
    say(ours, "warm up")
    watching = commands(redis_client, redis_url)
    next(watching)
    say(ours, SID, SECRET, leave=SECRET)
    redis_client.echo("end")
    seen = [command["command"] for command in watching]
    assert [command.split()[0] for command in seen] == ["EVALSHA", "EVALSHA"]
    assert not any(word in command for command in seen for word in ("2175550101", SID, "0012345678", "answer"))


def test_a_repeat_is_one_command(ours: Store, redis_client: redis.Redis, redis_url: str) -> None:
    say(ours, SID)
    watching = commands(redis_client, redis_url)
    next(watching)
    say(ours, SID)
    redis_client.echo("end")
    assert len(list(watching)) == 1


def test_a_new_connection_sends_no_greeting(redis_url: str, redis_client: redis.Redis) -> None:
    watching = commands(redis_client, redis_url)
    next(watching)
    with connect(redis_url) as client:
        client.echo("end")
    assert list(watching) == []


def test_nothing_at_rest_shows_a_person_or_what_they_said(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, SID, SECRET, leave=SECRET, moved=False)
    with ours.sessions.open(ANA, "m2"):
        keys = redis_client.keys("*")
        rest = b"".join(key + redis_client.get(key) for key in keys)
    assert len(keys) == 6
    assert not any(word in rest for word in (b"2175550101", SID.encode(), b"0012345678", b"answer", b"sms"))


def test_all_keys_of_a_person_are_in_one_cluster_slot(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, SID, leave=b"remains", moved=False)
    assert len({key_slot(key) for key in redis_client.keys("*")}) == 1


def test_redis_clears_up_by_itself(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, SID, leave=b"remains", moved=False)
    with ours.sessions.open(ANA, "m2"):
        lives = {key.split(b":")[1]: redis_client.pttl(key) / 1000 for key in redis_client.keys("*")}
    most = {b"s": TTL, b"l": 20, b"m": 25 * 3600, b"r": 24 * 3600, b"i": 60, b"u": 600}
    assert all(0 < lives[key] <= span for key, span in most.items())


def test_a_live_session_takes_less_than_a_kilobyte(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, SID, b"x" * 400, answer=None, leave=b"x" * 30, moved=False)
    assert sum(redis_client.memory_usage(key) for key in redis_client.keys("*")) < 1000
