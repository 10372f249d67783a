"""The stages that conversations are played on."""

import pytest

from tests.stage import EngineStage, RoutesStage, make_sandbox
from tests.valkey import redis_url  # noqa: F401


@pytest.fixture
def sandbox():
    with make_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def engine_stage(sandbox, tmp_path):
    stage = EngineStage(sandbox, tmp_path)
    yield stage
    stage.close()


@pytest.fixture
def routes_stage(sandbox, tmp_path, redis_url):  # noqa: F811
    stage = RoutesStage(sandbox, tmp_path, redis_url)
    yield stage
    stage.close()
