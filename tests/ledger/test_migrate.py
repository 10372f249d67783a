"""The migrations make exactly the tables that the program speaks of."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from handlers.ledger.database import connect
from handlers.ledger.migrate import migrate
from handlers.ledger.tables import metadata
from tests.sql import cluster

SQLITES_OWN = {"never", "unbalanced"}  # they stand for PostgreSQL's deferred trigger


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": ours}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name not in SQLITES_OWN


def checks(engine: Engine) -> set[tuple[str, str | None]]:
    inspector = inspect(engine)
    return {(name, check["name"]) for name in metadata.tables for check in inspector.get_check_constraints(name)}


def test_a_migrated_database_is_what_the_tables_say(engine: Engine) -> None:
    assert differences(engine) == []


def test_checks_and_keys_bear_the_same_names(engine: Engine) -> None:
    inspector = inspect(engine)

    assert checks(engine) == {
        ("account", "ck_account_status"),
        ("payment", "ck_payment_sums"),
        ("charge", "ck_charge_sum"),
    }
    for name in metadata.tables:
        assert inspector.get_pk_constraint(name)["name"] == f"pk_{name}"


def test_migrating_again_does_nothing(engine: Engine) -> None:
    migrate(engine)
    migrate(engine)

    assert differences(engine) == []


def test_an_empty_sqlite_file_is_migrated(tmp_path: Path) -> None:
    folder = tmp_path / "50% off"
    folder.mkdir()
    engine = connect(f"sqlite:///{folder / 'new.db'}")

    migrate(engine)

    assert set(inspect(engine).get_table_names()) == {*metadata.tables, *SQLITES_OWN, "alembic_version"}
    engine.dispose()


def test_an_empty_postgresql_database_is_migrated(pytestconfig: pytest.Config) -> None:
    with cluster(pytestconfig).database(migrated=False) as engine:
        migrate(engine)

        assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
