"""The cast comes in by the imports, and owes what every other test believes it owes."""

from sqlalchemy import Engine, select

from handlers.ledger.journal import receivable
from handlers.ledger.tables import account
from tests.cast import cast
from tests.fakes import FakeClock


def test_everybody_owes_what_is_told_of_them(engine: Engine) -> None:
    cast(engine, FakeClock())

    with engine.begin() as connection:
        people = connection.execute(select(account.c.id, account.c.holder_name, account.c.kind)).all()
        owed = {(name, kind): receivable(connection, id_) for id_, name, kind in people}

    assert owed == {
        ("Ana Alvarez", "electric"): 8420,
        ("Ben Brown", "electric"): 0,
        ("Cora Clark", "electric"): 0,
        ("Dev Das", "electric"): 14275,
        ("Dev Das", "gas"): 3810,
        ("Mary Evans", "electric"): 6145,
        ("Gus Green", "electric"): -1200,
        ("Lou Lopez", "electric"): 20000,
        ("Pia Park", "electric"): 30,
        ("Noa Nolan", "electric"): 5500,
    }
