"""What happens inside Redis, in one step each: opening a turn, closing it, and letting go of one that failed.

All keys of a person are passed in and share a hash tag, so a Redis Cluster runs these too. Their order:
session, lease, answer to this message, remains, inbound stamps, unmoved stamps. Session, answer and remains start with
their deadline and the stamps are lists of times, all of them 6 bytes of milliseconds since 1970 by the program's clock;
the lease is its deadline and the token of its turn. Redis' own expiry only clears up behind that.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import redis
from redis.exceptions import NoScriptError, RedisError

from bot.errors import Unavailable
from handlers.sessions.spans import ANSWER, INBOUND, LEASE, MOST, REMAINS, UNMOVED

HEADER = 10  # bytes: deadline and version, see `handlers.sessions.stored`


def milliseconds(span: timedelta) -> int:
    """A span as Redis wants it."""
    return span // timedelta(milliseconds=1)


_WORDS = f"""
local LEASE, ANSWER, REMAINS = {milliseconds(LEASE)}, {milliseconds(ANSWER)}, {milliseconds(REMAINS)}
local INBOUND, UNMOVED = {milliseconds(INBOUND)}, {milliseconds(UNMOVED)}
local now = tonumber(ARGV[1])

local function alive(value)
  return value and #value >= 6 and struct.unpack('>I6', value) > now and value
end

local function since(start, stamps)
  local at = 1
  while stamps and at + 5 <= #stamps and struct.unpack('>I6', stamps, at) <= start do at = at + 6 end
  return stamps and string.sub(stamps, at) or ''
end

local function stamp(key, span, stamps)
  stamps = string.sub(since(now - span, stamps) .. struct.pack('>I6', now), -6 * {MOST})
  redis.call('SET', key, stamps, 'PX', span)
  return stamps
end
"""

# Arguments: now, token, '1' if a message came in. Gives the answer it already got, or nothing if another turn holds
# the person, or session, remains and the two counts.
_OPEN = """
local found = redis.call('MGET', unpack(KEYS))
local answer = alive(found[3])
if answer then return answer end
if alive(found[2]) then return false end
redis.call('SET', KEYS[2], struct.pack('>I6', now + LEASE) .. ARGV[2], 'PX', LEASE)
local inbound
if ARGV[3] == '1' then inbound = stamp(KEYS[5], INBOUND, found[5]) else inbound = since(now - INBOUND, found[5]) end
return {alive(found[1]), alive(found[4]), #inbound / 6, #since(now - UNMOVED, found[6]) / 6}
"""

# Arguments: now, token, header of the session as loaded ('' for none), then what to keep ('' for nothing): session,
# its milliseconds to live, answer, remains; '1' if the answer led nowhere. Gives 1, or 0 if another turn got in.
_CLOSE = """
if string.sub(redis.call('GET', KEYS[2]) or '', 7) ~= ARGV[2] then return 0 end
local there = alive(redis.call('GETRANGE', KEYS[1], 0, HEADER - 1))
if there and there ~= ARGV[3] then return 0 end
if ARGV[4] ~= '' then redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) else redis.call('DEL', KEYS[1]) end
if ARGV[6] ~= '' then redis.call('SET', KEYS[3], ARGV[6], 'PX', ANSWER) end
if ARGV[7] ~= '' then redis.call('SET', KEYS[4], ARGV[7], 'PX', REMAINS) else redis.call('DEL', KEYS[4]) end
if ARGV[8] == '1' then stamp(KEYS[6], UNMOVED, redis.call('GET', KEYS[6])) end
redis.call('DEL', KEYS[2])
return 1
""".replace("HEADER", str(HEADER))

# Argument: token.
_RELEASE = """
if string.sub(redis.call('GET', KEYS[2]) or '', 7) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1
"""

_FORGET = "return redis.call('DEL', KEYS[1])"


class Script:
    """A Lua script, called by its hash."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def run(self, client: redis.Redis, keys: Sequence[str], *arguments: int | bytes | str) -> Any:
        """What the script gives. Raises Unavailable when Redis is away or cannot do it now."""
        try:
            try:
                return client.evalsha(self._sha, len(keys), *keys, *arguments)
            except NoScriptError:  # a new or a restarted server: EVAL on that very node teaches it
                return client.eval(self._text, len(keys), *keys, *arguments)
        except RedisError as error:
            raise Unavailable("the session store is away") from error

    def run_at_once(self, client: redis.Redis, keys: Sequence[str], *arguments: int | bytes | str) -> Any:
        """The same in one message, whatever the server knows: one that hangs answers NOSCRIPT when nobody listens."""
        try:
            return client.eval(self._text, len(keys), *keys, *arguments)
        except RedisError as error:
            raise Unavailable("the session store is away") from error


OPEN, CLOSE, RELEASE = Script(_WORDS + _OPEN), Script(_WORDS + _CLOSE), Script(_RELEASE)
FORGET = Script(_FORGET)
