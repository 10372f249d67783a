"""The one way to a Redis or Valkey client: quick to give up, and nothing sent twice."""

import redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

_SECONDS = 0.5  # RULES S6: tenths of a second; a script takes well under a millisecond
_CONNECTIONS = 64  # a process: more than gunicorn gives it threads


def connect(url: str) -> redis.Redis:
    """A client of `redis://`, `rediss://` or `unix://`; made at once, connected at the first command.

    It answers bytes, waits half a second at most to connect, to write or to read, and never retries: a command that
    timed out may have been done (RULES S6). After an outage the next command simply connects again. With RESP2 and
    no library name a new connection costs no greeting. The caller closes it.
    """
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=_SECONDS,
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    return redis.Redis.from_pool(pool)
