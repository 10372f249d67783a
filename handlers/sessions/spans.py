"""How long things rest and how long we wait for them, for every store of sessions."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from bot.errors import Unavailable
from bot.ports import Clock

LEASE = timedelta(seconds=20)  # longer than the slowest turn: the carrier hangs up after 15 s (RULES T3)
ANSWER = timedelta(hours=25)  # a message may be sent to us again for a day (T2)
REMAINS = timedelta(hours=24)
INBOUND = timedelta(minutes=1)  # S2: 20 messages a minute
UNMOVED = timedelta(minutes=10)  # S2: 10 answers in ten minutes
MOST = 99  # counting goes no further: every limit is far below

_PATIENCE = timedelta(seconds=10)  # leaves the turn itself 5 of the carrier's 15 s
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.16  # seconds; a turn without SQL takes about 0.002

Entered = TypeVar("Entered")


def waiting(clock: Clock, attempt: Callable[[], Entered | None]) -> Entered:
    """What `attempt` gives once it is not None, tried again while another turn holds the person.

    Raises Unavailable after ten seconds.
    """
    end = clock.now() + _PATIENCE
    pause = _FIRST_PAUSE
    while (entered := attempt()) is None:
        if clock.now() >= end:
            raise Unavailable("this person stays busy")
        clock.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return entered
