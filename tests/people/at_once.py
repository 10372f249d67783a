"""Doing things at the same time, without a clock: everybody waits for everybody, then all begin."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Answer = TypeVar("Answer")


def at_once(count: int, act: Callable[[int], Answer]) -> list[Answer]:
    """What `count` threads got that called `act`, each with its own number, at once."""
    barrier = Barrier(count)

    def begin(number: int) -> Answer:
        barrier.wait(timeout=30)
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))
