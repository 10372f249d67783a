"""With SQL away, everything says so in the one word that means "try later", and shows nothing of anybody."""

import traceback
from collections.abc import Callable

import pytest

from bot.answers import PrintedBill
from bot.errors import Unavailable
from bot.money import Money
from bot.ports import Account
from bot.speech import Speech
from handlers.ledger.database import connect
from handlers.people.keys import SqlKeys
from handlers.people.people import SqlPeople
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests.cast import ANA, ANAS_PHONE, ELIS_PHONE, PRAIRIE, texting
from tests.fakes import FakeChance, FakeClock
from tests.people.conftest import COPY

ELI = texting(ELIS_PHONE)
ACCOUNT = Account(1, ANA, "1423 Maple St", "active", "en", ANAS_PHONE, "ana@example.org")
SESSION = "0" * 32
ACTS: dict[str, Callable[[SqlKeys, SqlPeople], object]] = {
    "send": lambda keys, _: keys.send(ACCOUNT, ELI, SESSION, "mobile", "en"),
    "check": lambda keys, _: keys.check(ACCOUNT, ELI, SESSION, "123456"),
    "check_bill": lambda keys, _: keys.check_bill(ACCOUNT, ELI, PrintedBill(Money(8420), 12, 5)),
    "meet": lambda _, people: people.meet("prairie", ELI),
    "speaks": lambda _, people: people.speaks("prairie", ELI, "es"),
    "opt_out": lambda _, people: people.opt_out("prairie", ELI, "SM1"),
    "opt_in": lambda _, people: people.opt_in("prairie", ELI, "SM1"),
    "forget_text": lambda _, people: people.forget_text("prairie", "SM1"),
}


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
@pytest.mark.parametrize("act", ACTS)
def test_sql_away_is_unavailable_and_tells_nothing(act: str, url: str) -> None:
    clock, sealer, engine = FakeClock(), Sealer([b"k" * 32]), connect(url)
    keys = SqlKeys(
        engine,
        clock,
        FakeChance(),
        sealer,
        Tries(clock, sealer),
        Speech.load(COPY),
        {"prairie": PRAIRIE},
        mail=True,
    )

    with pytest.raises(Unavailable) as caught:
        ACTS[act](keys, SqlPeople(engine, clock, sealer))

    told = "".join(traceback.format_exception(caught.value))
    assert not any(secret in told for secret in (ELIS_PHONE.reveal(), ANAS_PHONE.reveal(), ANA.reveal(), "ana@"))
    engine.dispose()
