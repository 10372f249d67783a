"""The oracle files that tests of `bot` read, where they are; without them those tests skip."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "oracles"
MISSING = "the oracles are not on this machine (../shared/oracles)"


def load(name: str) -> Any:
    """An oracle file, or an empty list: tests that run over it then have nothing to run over, and skip."""
    path = FOLDER / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
