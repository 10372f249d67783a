"""Plays many histories: `make simulate SEED=1 HISTORIES=1000`. A failing one is printed with what replays it."""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter

from tests.simulation.history import History, play


def main() -> int:
    """Play, and say what came of it."""
    given = _arguments()
    seeds = range(given.seed, given.seed + given.histories)
    began, steps, done, failed = time.monotonic(), 0, 0, []
    struck, deeds = Counter[str](), Counter[str]()
    context = multiprocessing.get_context("fork")
    with context.Pool(given.processes) as pool:
        for history in pool.imap_unordered(play, seeds, chunksize=1):
            done, steps = done + 1, steps + history.steps
            struck.update(history.struck)
            deeds.update(history.deeds)
            if history.broken:
                failed.append(history)
                _tell(history, given.trace)
                if len(failed) >= given.most:
                    pool.terminate()
                    break
            elif given.trace < 0:
                _show(history.trace)
            if done % 100 == 0:
                print(f"{done} histories, {steps} steps, {time.monotonic() - began:.0f} s", flush=True)
    seconds = time.monotonic() - began
    for counted in (deeds, struck):
        for name, count in sorted(counted.items()):
            print(f"{count:>3} {name}")
        print(flush=True)
    print(f"{done} histories, {steps} steps, {struck.total()} mishaps, {seconds:.1f} s, {len(failed)} failed")
    return 1 if failed else 0


def _tell(history: History, lines: int) -> None:
    print(f"seed {history.seed} broke: {'; '.join(dict.fromkeys(history.broken))}")
    _show(history.trace[-lines:] if lines > 0 else history.trace if lines else [])
    print(f"  replay: make simulate SEED={history.seed} HISTORIES=1", flush=True)


def _show(trace: list[str]) -> None:
    for line in "\n".join(trace).splitlines():
        print("   ", line)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument(
        "--trace", type=int, default=60, help="lines of a failing history to print; 0: none, -1: all, of every history"
    )
    parser.add_argument("--most", type=int, default=5, help="stop after so many failures")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
