"""The houses: one on SQLite and one on PostgreSQL, each started once a test process, when first asked for."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.house import House
from tests.sql import cluster

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    house = House(folder, f"sqlite:///{folder / 'guestpay.db'}")
    yield house
    house.stop()


@pytest.fixture(scope="session")
def postgres_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with cluster(request.config).database(migrated=False) as engine:
        house = House(tmp_path_factory.mktemp("postgres_house"), engine.url.render_as_string(hide_password=False))
        yield house
        house.stop()


@pytest.fixture(scope="session", params=["house", "postgres_house"], ids=["sqlite", "postgresql"])
def any_house(request: pytest.FixtureRequest) -> House:
    """Each of the two, one after the other."""
    house: House = request.getfixturevalue(request.param)
    return house


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        (pytest.fail if os.environ.get("GUESTPAY_REQUIRE_ALL") == "1" else pytest.skip)("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
