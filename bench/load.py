"""The load: requests over a few kept connections, each sending its next one as soon as its last one is answered.

One thread and raw HTTP, so that what is measured is the server and not this.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

LINES = 16  # connections: half the threads that the server has, so that nobody queues for one
PATIENCE = 60.0  # seconds for a whole batch


@dataclass
class Load:
    """What came of a batch. `seconds` is the whole batch, `latencies` each request's seconds, `answers` the bodies."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)


class _Line(asyncio.Protocol):
    """One connection. It takes requests from the common pile until that is empty."""

    def __init__(self, pile: Iterator[tuple[int, bytes]], load: Load, done: asyncio.Future[None]) -> None:
        self._pile = pile
        self._load = load
        self._done = done
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._pile, None)
        if request is None:
            self._transport.close()
            return
        self._at, payload = request
        self._received = b""
        self._sent = perf_counter()
        self._transport.write(payload)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, ended, body = self._received.partition(b"\r\n\r\n")
        if not ended or len(body) < _length(head):
            return
        self._load.latencies.append(perf_counter() - self._sent)
        self._load.answers[self._at] = body if head.startswith(b"HTTP/1.1 200 ") else head
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if not self._done.done():
            self._done.set_result(None)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without Content-Length")


async def _send(port: int, requests: Sequence[bytes], lines: int) -> Load:
    loop = asyncio.get_running_loop()
    load = Load(answers=[b"no answer"] * len(requests))
    pile = iter(list(enumerate(requests)))
    ends = [loop.create_future() for _ in range(lines)]
    started = perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: _Line(pile, load, end), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.wait_for(asyncio.gather(*ends), PATIENCE)
    load.seconds = perf_counter() - started
    return load


def send(port: int, requests: Sequence[bytes], lines: int = LINES) -> Load:
    """Send them all to 127.0.0.1 and gather the answers, in the order of the requests. Raises TimeoutError."""
    return asyncio.run(_send(port, requests, lines))
