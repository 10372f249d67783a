"""Histories of fixed seeds, in which no promise is broken; and a history that is the same each time it is played."""

import os
import subprocess
import sys

import pytest

from tests.simulation.history import play

EACH = 4


@pytest.mark.parametrize("first", range(1, 13, EACH))
def test_no_promise_is_broken(first: int) -> None:
    for seed in range(first, first + EACH):
        history = play(seed)
        assert not history.broken, "\n".join([*history.trace[-60:], f"make simulate SEED={seed} HISTORIES=1"])


def test_a_seed_replays_byte_for_byte_in_another_process() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--seed=5", "--histories=1", "--processes=1", "--trace=-1"]
    other = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": "77"}, capture_output=True, text=True, timeout=120, check=False
    )
    trace = "\n".join(line.removeprefix("    ") for line in other.stdout.splitlines() if line.startswith("    "))
    assert trace.splitlines() == "\n".join(play(5).trace).splitlines()
