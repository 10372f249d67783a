"""Every store of sessions there is: the fake, Valkey alone and as a cluster's node, and Debian's Redis."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
import redis

from handlers.sessions.memory import MemorySessions
from handlers.sessions.redis_client import connect
from tests.fakes import FakeClock
from tests.sessions.talk import TTL, Store, over
from tests.valkey import free_port, redis_client, redis_url, started

__all__ = ["redis_client", "redis_url"]


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """A Valkey that is the one node of a cluster: it refuses keys of two slots, and keys not announced."""
    server = started(**{"cluster-enabled": "yes"})
    with connect(server.connection_url) as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        while b"cluster_state:ok" not in client.execute_command("CLUSTER", "INFO"):
            pass
    yield server.connection_url
    server.stop()


@pytest.fixture(scope="session")
def debian_redis_url() -> Iterator[str]:
    """Debian's redis-server."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("GUESTPAY_REQUIRE_ALL") == "1":
            pytest.fail("redis-server is not installed")
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any("Ready to accept connections" in line for line in server.stdout)
        yield f"redis://127.0.0.1:{port}"
        server.terminate()
        server.stdout.read()


@pytest.fixture(params=["memory", "redis_url", "cluster_url", "debian_redis_url"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each store in turn, empty."""
    if request.param == "memory":
        yield Store(lambda clock: MemorySessions(clock, TTL), FakeClock())
        return
    with connect(request.getfixturevalue(request.param)) as client:
        client.flushall()
        yield over(client)


@pytest.fixture
def ours(redis_client: redis.Redis) -> Store:
    """Sessions in an empty Valkey."""
    return over(redis_client)
