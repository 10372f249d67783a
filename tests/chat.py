"""Talk to the bot in a terminal (`make chat`), against the sandbox, and keep the transcript as a test.

Type what a person would text. A line that begins with `*` lets the world act (`* Eli texts`, `* paid`, `* 16 minutes
pass`: see `tests.transcript`). Ctrl-D ends it and prints the transcript: save it under `tests/transcripts/`.
"""

import sys
import tempfile
from pathlib import Path

from tests.stage import EngineStage, make_sandbox
from tests.transcript import CAST, Player


def main() -> None:
    """Read lines until there are no more; answer each; print it all once more to keep."""
    print(f"You hold Ana's phone. `* Eli texts` hands you another: {', '.join(CAST)}. Ctrl-D ends.")
    with make_sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        stage = EngineStage(sandbox, Path(folder))
        kept = _talk(Player(stage))
        stage.close()
    print("\n\n" + "\n".join(["* Ana texts", *kept]))


def _talk(player: Player) -> list[str]:
    kept: list[str] = []
    while True:
        print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return kept
        said = line.strip() if line.startswith("*") else f"> {line.strip()}"
        try:
            played = player.play(said).splitlines()
        except (ValueError, KeyError, AssertionError) as cannot:
            print(f"  {cannot}")
            continue
        print("\n".join(f"  {heard}" for heard in played[1:]))
        kept += played


if __name__ == "__main__":
    main()
