"""The account book tells whose account it is and what it owes, and tells strangers nothing."""

from collections.abc import Sequence
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import NoResultFound

from bot.answers import HouseAndZip
from bot.errors import Unavailable
from bot.money import Money
from bot.names import AccountNumber, PaymentId, Phone
from bot.ports import Account, AccountBook, Locked, Standing
from handlers.billing.book import SqlAccountBook
from handlers.billing.imports import import_accounts, import_bills
from handlers.ledger.database import connect
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import payment
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests import cast
from tests.billing.rows import a_payment
from tests.cast import PRAIRIE, texting
from tests.fakes import FakeClock

ANAS_HOUSE = HouseAndZip("1423", "62701")
STRANGER = texting(Phone("+12175550199"))
NOBODYS = AccountNumber("0099999999")
PAYMENT = PaymentId("pay_" + "0" * 32)


def the(account: Account | Locked | None) -> Account:
    assert isinstance(account, Account)
    return account


def find(book: AccountBook, phone: Phone) -> Account:
    (account,) = book.on_file("prairie", phone)
    return account


def pay(engine: Engine, account: Account, minor: int, on: date, cause: str = "paid") -> None:
    with engine.begin() as connection:
        if cause == "paid":
            a_payment(connection, PAYMENT, account.id)
        lines = [Line("stripe", Money(minor), None, PAYMENT), Line("receivable", Money(-minor), account.id, PAYMENT)]
        post(connection, cause, lines, FakeClock().now(), on)


def bills(engine: Engine, *rows: str) -> None:
    header = cast.BILLS.partition("\n")[0]
    import_bills(engine, PRAIRIE, StringIO("\n".join([header, *rows])), FakeClock())


def test_ana_is_known_by_her_phone(book: SqlAccountBook) -> None:
    ana = find(book, cast.ANAS_PHONE)

    assert ana == Account(ana.id, cast.ANA, "1423 Maple St", "active", "en", cast.ANAS_PHONE, "ana@example.org")
    assert book.account(ana.id) == ana


def test_dev_has_two_accounts_on_one_phone(book: SqlAccountBook) -> None:
    assert [account.number for account in book.on_file("prairie", cast.DEVS_PHONE)] == [cast.DEV, cast.DEV_GAS]


def test_closed_accounts_come_last(book: SqlAccountBook, engine: Engine, clock: FakeClock) -> None:
    closing = cast.ACCOUNTS.replace("active", "closed", 4)  # Ana, Ben, Dev's first and second
    closing = closing.replace("Heating,closed", "Heating,active")
    import_accounts(engine, PRAIRIE, StringIO(closing), clock)

    assert [account.number for account in book.on_file("prairie", cast.DEVS_PHONE)] == [cast.DEV_GAS, cast.DEV]


def test_a_phone_that_nobody_has_on_file_finds_nothing(book: SqlAccountBook) -> None:
    assert book.on_file("prairie", cast.ELIS_PHONE) == []


def test_a_phone_on_file_at_one_utility_is_unknown_to_another(book: SqlAccountBook) -> None:
    assert book.on_file("elsewhere", cast.ANAS_PHONE) == []


def test_number_house_and_zip_that_belong_together_match(book: SqlAccountBook) -> None:
    assert the(book.match("prairie", cast.ANA, ANAS_HOUSE, STRANGER)).number == cast.ANA


@pytest.mark.parametrize(
    ("number", "address"),
    [
        (cast.ANA, HouseAndZip("1424", "62701")),
        (cast.ANA, HouseAndZip("1423", "62702")),
        (cast.ANA, HouseAndZip("1423B", "62701")),
        (cast.ANA, HouseAndZip("", "62701")),
        (cast.BEN, ANAS_HOUSE),
        (NOBODYS, ANAS_HOUSE),
        (NOBODYS, HouseAndZip("0", "00000")),
    ],
)
def test_anything_else_matches_nothing(book: SqlAccountBook, number: AccountNumber, address: HouseAndZip) -> None:
    assert book.match("prairie", number, address, STRANGER) is None


def test_an_account_of_another_utility_does_not_match(book: SqlAccountBook) -> None:
    assert book.match("elsewhere", cast.ANA, ANAS_HOUSE, STRANGER) is None


def test_closed_and_locked_accounts_match_and_say_so(book: SqlAccountBook) -> None:
    assert the(book.match("prairie", cast.CORA, HouseAndZip("9", "62703"), STRANGER)).status == "closed"
    assert the(book.match("prairie", cast.LOU, HouseAndZip("8", "62703"), STRANGER)).status == "locked"


def test_somebody_in_a_web_chat_can_match(book: SqlAccountBook) -> None:
    visitor = cast.Address("web", "k3j4h5")

    assert the(book.match("prairie", cast.ANA, ANAS_HOUSE, visitor)).number == cast.ANA


@pytest.mark.parametrize("number", [cast.ANA, NOBODYS])
def test_too_many_lookups_are_locked_alike_for_a_real_and_an_unreal_account(
    book: SqlAccountBook, number: AccountNumber
) -> None:
    wrong = HouseAndZip("1", "62701")
    answers = [book.match("prairie", number, wrong, STRANGER) for _ in range(11)]

    assert answers[:10] == [None] * 10
    assert isinstance(answers[10], Locked)


def test_strangers_cannot_lock_the_phone_on_file_out(book: SqlAccountBook) -> None:
    for last in range(10):
        book.match("prairie", cast.ANA, HouseAndZip("1", "1"), texting(Phone(f"+1217555020{last}")))

    assert isinstance(book.match("prairie", cast.ANA, ANAS_HOUSE, STRANGER), Locked)
    assert the(book.match("prairie", cast.ANA, ANAS_HOUSE, texting(cast.ANAS_PHONE))).number == cast.ANA


def test_the_statements_are_the_same_whether_the_account_exists_or_not(book: SqlAccountBook, engine: Engine) -> None:
    said: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    def statements(number: AccountNumber) -> Sequence[str]:
        said.clear()
        book.match("prairie", number, HouseAndZip("1", "62701"), STRANGER)
        return tuple(said)

    assert statements(cast.ANA) == statements(NOBODYS)


def test_an_account_that_is_not_there_is_a_bug(book: SqlAccountBook) -> None:
    with pytest.raises(NoResultFound):
        book.account(987654)
    with pytest.raises(NoResultFound):
        book.standing(987654)


def test_ana_owes_her_bill(book: SqlAccountBook) -> None:
    assert book.standing(find(book, cast.ANAS_PHONE).id) == Standing(
        Money(8420), Money(0), Money(0), date(2026, 12, 5), date(2026, 10, 14), date(2026, 11, 12)
    )


def test_dev_owes_a_part_that_is_past_due(book: SqlAccountBook) -> None:
    electric, gas = book.on_file("prairie", cast.DEVS_PHONE)

    assert book.standing(electric.id).balance == Money(14275)
    assert book.standing(electric.id).past_due == Money(6000)
    assert book.standing(gas.id).past_due == Money(0)


def test_gus_has_a_credit(book: SqlAccountBook) -> None:
    gus = the(book.match("prairie", cast.GUS, HouseAndZip("21", "62702"), STRANGER))

    assert book.standing(gus.id).balance == Money(-1200)
    assert book.standing(gus.id).past_due == Money(0)


def test_an_account_without_a_bill_owes_nothing(engine: Engine, clock: FakeClock) -> None:
    import_accounts(engine, PRAIRIE, StringIO(cast.ACCOUNTS), clock)
    book = SqlAccountBook(engine, Tries(clock, Sealer([bytes(32)])), {"prairie": "CAD"})

    assert book.standing(find(book, cast.ANAS_PHONE).id) == Standing(*[Money(0, "CAD")] * 3)


def test_a_payment_through_us_lowers_the_past_due_part_first(book: SqlAccountBook, engine: Engine) -> None:
    dev = book.on_file("prairie", cast.DEVS_PHONE)[0]

    pay(engine, dev, 4500, date(2026, 11, 20))

    assert book.standing(dev.id).balance == Money(9775)
    assert book.standing(dev.id).past_due == Money(1500)


def test_past_due_is_never_below_zero_nor_above_the_balance(book: SqlAccountBook, engine: Engine) -> None:
    dev = book.on_file("prairie", cast.DEVS_PHONE)[0]

    pay(engine, dev, 20000, date(2026, 11, 20))

    assert book.standing(dev.id).balance == Money(-5725)
    assert book.standing(dev.id).past_due == Money(0)


def test_a_refund_does_not_make_more_past_due_than_the_bill_says(book: SqlAccountBook, engine: Engine) -> None:
    dev = book.on_file("prairie", cast.DEVS_PHONE)[0]
    pay(engine, dev, 1000, date(2026, 11, 1))

    pay(engine, dev, -1000, date(2026, 11, 20), cause="refunded")

    assert book.standing(dev.id).past_due == Money(6000)


def test_a_new_bill_takes_account_of_what_was_paid_through_us(book: SqlAccountBook, engine: Engine) -> None:
    ana = find(book, cast.ANAS_PHONE)
    pay(engine, ana, 8420, date(2026, 11, 22))

    bills(engine, "0012345678,2026-11-13,2026-12-12,2026-12-14,2027-01-05,USD,90.00,0.00,500,kWh")

    assert book.standing(ana.id).balance == Money(9000)
    assert book.standing(ana.id).due_on == date(2027, 1, 5)


def test_a_bill_issued_before_our_payment_still_counts_it(book: SqlAccountBook, engine: Engine) -> None:
    ana = find(book, cast.ANAS_PHONE)
    pay(engine, ana, 8420, date(2026, 12, 14))

    bills(engine, "0012345678,2026-11-13,2026-12-12,2026-12-14,2027-01-05,USD,174.20,84.20,500,kWh")

    assert book.standing(ana.id).balance == Money(9000)
    assert book.standing(ana.id).past_due == Money(0)


def test_a_cheque_that_only_billing_knows_of_is_in_the_balance(book: SqlAccountBook, engine: Engine) -> None:
    ana = find(book, cast.ANAS_PHONE)

    bills(engine, "0012345678,2026-11-13,2026-12-12,2026-12-14,2027-01-05,USD,94.20,4.20,500,kWh")

    assert book.standing(ana.id).balance == Money(9420)


def test_everything_says_unavailable_when_sql_is_away(tmp_path: Path, clock: FakeClock) -> None:
    away = connect(f"sqlite:///{tmp_path / 'no such folder' / 'x.db'}")
    book = SqlAccountBook(away, Tries(clock, Sealer([bytes(32)])), {"prairie": "USD"})

    with pytest.raises(Unavailable):
        book.on_file("prairie", cast.ANAS_PHONE)
    with pytest.raises(Unavailable):
        book.match("prairie", cast.ANA, ANAS_HOUSE, STRANGER)
    with pytest.raises(Unavailable):
        book.account(1)
    with pytest.raises(Unavailable):
        book.standing(1)


def test_what_a_bank_is_sending_is_told_until_it_is_decided(book: SqlAccountBook, engine: Engine) -> None:
    ana, now = find(book, cast.ANAS_PHONE), FakeClock().now()
    with engine.begin() as connection:
        a_payment(connection, PAYMENT, ana.id, 4000, pending_at=now)
    assert book.standing(ana.id).pending == Money(4000)

    with engine.begin() as connection:
        connection.execute(payment.update().values(failed_at=now))
    assert book.standing(ana.id).pending == Money(0)
