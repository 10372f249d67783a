"""Waiting for what other processes do: asked again and again until it is so, and never for ever."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(what: str, look: Callable[[], Found], seconds: float = 30.0) -> Found:
    """What `look` gives once it gives something. Fails, naming `what`, after so many seconds."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.03)
    return found
