"""Every transcript, played on the engine alone and again through signed routes: channels only carry words."""

import importlib
from pathlib import Path

import pytest

from flows import FLOWS
from tests.transcript import Player, sources

ROOT = Path(__file__).parents[2]


def docstrings():
    modules = [importlib.import_module(f"flows.{name}") for name in FLOWS]
    return {Path(module.__file__): module.__doc__ for module in modules}


SOURCES = sources(ROOT, docstrings)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_engine_says_what_is_written(source, engine_stage, pytestconfig):
    played = Player(engine_stage).play(source.script)
    if pytestconfig.getoption("--accept"):
        source.accept(played)
    else:
        assert played == source.script


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_routes_say_the_same(source, routes_stage):
    assert Player(routes_stage).play(source.script) == source.script
