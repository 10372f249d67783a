"""A test of the test: each breakage of `tests.simulation.mutants`, made in a copy of the program, is found."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
PARTS = ("bot", "config", "flows", "handlers", "sandbox", "tests")
HISTORIES = 40


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_the_simulation_finds(mutant: Mutant, tmp_path: Path) -> None:
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / mutant.path
    text = path.read_text("utf-8")
    assert text.count(mutant.old) == 1, (
        "what the mutant changes must stand in its file once: bring the table up to date"
    )
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")
    found = _simulate(tmp_path, mutant.seed)
    assert found.returncode == 1, f"not found in {HISTORIES} histories: {found.stdout[-2000:]}{found.stderr[-2000:]}"
    assert re.search(rf"^seed \d+ broke: .*{re.escape(mutant.cry)}", found.stdout, re.MULTILINE), found.stdout


def _simulate(folder: Path, seed: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.simulation", f"--seed={seed}", f"--histories={HISTORIES}"]
    command += ["--processes=1", "--most=1", "--trace=0"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
