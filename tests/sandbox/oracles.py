"""The specifications that nobody here wrote; a test that needs them skips where they are missing."""

import importlib.util
import json
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "oracles"


def _there(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"the oracles beside the project are not here: {path.name}")
    return path


@cache
def stripe_oracle() -> ModuleType:
    """The validator over Stripe's OpenAPI document. It leaves its file to be closed by itself, which would warn."""
    path = _there(FOLDER / "stripe" / "stripe_oracle.py")
    spec = importlib.util.spec_from_file_location("stripe_oracle", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        spec.loader.exec_module(module)
    return module


def oracle_json(name: str) -> Any:
    """A JSON file of the oracles."""
    return json.loads(_there(FOLDER / name).read_text())
