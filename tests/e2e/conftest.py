"""The houses: one on SQLite and one on PostgreSQL, each started once a test process, when first asked for."""

from collections.abc import Iterator

import pytest

from tests.e2e.house import House
from tests.sql import cluster


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
