"""After an import every cent that is owed lies on the billing period that it is owed for."""

from datetime import date
from io import StringIO

import pytest
from sqlalchemy import Engine, select

from bot.money import Money
from bot.names import PaymentId
from handlers.billing.book import SqlAccountBook
from handlers.billing.imports import import_accounts, import_bills
from handlers.ledger.journal import Line, post, receivable
from handlers.ledger.periods import credit_lines, open_periods
from handlers.ledger.tables import account, bill, charge, entry, journal
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests.billing.rows import a_payment
from tests.cast import ACCOUNTS, ANA, BILLS, PRAIRIE
from tests.fakes import FakeClock

HEADER = BILLS.partition("\n")[0]
SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))


class House:
    """Ana's account, her bills as they come, and what is open of each period by the month that it begins in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.book = SqlAccountBook(engine, Tries(FakeClock(), Sealer([bytes(32)])), {"prairie": "USD"})
        import_accounts(engine, PRAIRIE, StringIO(ACCOUNTS), FakeClock())
        with engine.begin() as connection:
            self.ana: int = connection.scalars(select(account.c.id).where(account.c.number == ANA.reveal())).one()

    def billed(self, *bills: tuple[date, str, str]) -> None:
        """Bills of these months, issued on the 2nd of the next: what is due, and what of it is past due."""
        rows = [
            f"{ANA.reveal()},{start},{start.replace(day=28)},{issued(start)},{issued(start).replace(day=20)},USD,"
            f"{due},{past},,"
            for start, due, past in bills
        ]
        import_bills(self.engine, PRAIRIE, StringIO("\n".join([HEADER, *rows])), FakeClock())

    def paid(self, minor: int, on: date, charge_id: str, chosen: date | None = None) -> PaymentId:
        """A payment through us."""
        payment_id = PaymentId(f"pay_{charge_id[-1] * 32}")
        with self.engine.begin() as connection:
            a_payment(connection, payment_id, self.ana)
            connection.execute(
                charge.insert().values(
                    id=charge_id, minor=minor, currency="USD", kind="applied", taken_at=FakeClock().now()
                )
            )
            period = select(bill.c.id).where(bill.c.account_id == self.ana, bill.c.period_start == chosen)
            lines = credit_lines(connection, self.ana, Money(minor), payment_id, connection.scalar(period))
            lines.append(Line("stripe", Money(minor), None, payment_id))
            post(connection, f"paid:{charge_id}", lines, FakeClock().now(), on, charge_id)
        return payment_id

    def open(self) -> dict[date | None, int]:
        """What is open now, oldest first; it always comes to what the account owes."""
        with self.engine.begin() as connection:
            starts = {row.id: row.period_start for row in connection.execute(select(bill))}
            periods = open_periods(connection, self.ana)
            assert sum(period.minor for period in periods) == receivable(connection, self.ana)
        return {starts.get(period.bill_id or 0): period.minor for period in periods}

    def causes(self) -> set[str]:
        with self.engine.begin() as connection:
            return set(connection.scalars(select(journal.c.cause)))

    def past_due(self) -> int:
        return self.book.standing(self.ana).past_due.minor


def issued(start: date) -> date:
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1, day=2)


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def test_a_bill_is_owed_for_its_period_and_what_it_carries_over_for_before(house: House) -> None:
    house.billed((OCTOBER, "142.75", "60.00"))

    assert house.open() == {None: 6000, OCTOBER: 8275}
    assert house.past_due() == 6000


def test_bills_that_nobody_paid_lie_side_by_side(house: House) -> None:
    house.billed((SEPTEMBER, "50.00", "0.00"), (OCTOBER, "134.20", "50.00"))

    assert house.open() == {SEPTEMBER: 5000, OCTOBER: 8420}
    assert house.past_due() == 5000


def test_a_bill_that_arrives_later_than_the_next_takes_over_what_was_before(house: House) -> None:
    house.billed((OCTOBER, "134.20", "50.00"))

    house.billed((SEPTEMBER, "50.00", "0.00"))

    assert house.open() == {SEPTEMBER: 5000, OCTOBER: 8420}


def test_a_corrected_bill_changes_its_own_period(house: House) -> None:
    house.billed((SEPTEMBER, "50.00", "0.00"), (OCTOBER, "134.20", "50.00"))

    house.billed((OCTOBER, "114.20", "50.00"))

    assert house.open() == {SEPTEMBER: 5000, OCTOBER: 6420}


def test_a_cheque_pays_the_oldest_period(house: House) -> None:
    house.billed((SEPTEMBER, "50.00", "0.00"), (OCTOBER, "134.20", "50.00"))

    house.billed((NOVEMBER, "130.00", "60.00"))  # 74.20 of 134.20 came by cheque

    assert house.open() == {OCTOBER: 6000, NOVEMBER: 7000}
    assert house.past_due() == 6000


def test_a_cheque_that_came_back_opens_the_newest_paid_period_again(house: House) -> None:
    house.billed((SEPTEMBER, "50.00", "0.00"), (OCTOBER, "84.20", "0.00"), (NOVEMBER, "70.00", "0.00"))
    assert house.open() == {NOVEMBER: 7000}

    house.billed((NOVEMBER, "154.20", "84.20"))

    assert house.open() == {OCTOBER: 8420, NOVEMBER: 7000}


def test_a_payment_pays_the_oldest_period_first(house: House) -> None:
    house.billed((SEPTEMBER, "50.00", "0.00"), (OCTOBER, "134.20", "50.00"))

    house.paid(6000, date(2026, 11, 20), "ch_1")

    assert house.open() == {OCTOBER: 7420}
    assert house.past_due() == 0


def test_a_payment_of_the_chosen_period_leaves_what_is_past_due_alone(house: House) -> None:
    house.billed((SEPTEMBER, "50.00", "0.00"), (OCTOBER, "134.20", "50.00"))

    house.paid(8420, date(2026, 11, 20), "ch_1", chosen=OCTOBER)

    assert house.open() == {SEPTEMBER: 5000}
    assert house.past_due() == 5000


def test_a_correction_that_adds_to_past_due_leaves_a_chosen_period_paid(house: House) -> None:
    house.billed((OCTOBER, "84.20", "0.00"))
    house.paid(5000, date(2026, 11, 20), "ch_1", chosen=OCTOBER)

    house.billed((OCTOBER, "104.20", "20.00"))

    assert house.open() == {None: 2000, OCTOBER: 3420}


def test_a_bill_that_does_not_know_of_a_payment_asks_for_it_again(house: House) -> None:
    house.billed((OCTOBER, "84.20", "0.00"))
    house.paid(8420, date(2026, 11, 20), "ch_1")

    house.billed((NOVEMBER, "154.20", "84.20"))

    assert house.open() == {OCTOBER: 8420, NOVEMBER: 7000}


def test_credit_pays_the_next_bill(house: House) -> None:
    house.billed((OCTOBER, "84.20", "0.00"))
    house.paid(10000, date(2026, 12, 5), "ch_1")
    assert house.open() == {None: -1580}

    house.billed((NOVEMBER, "154.20", "84.20"))

    assert house.open() == {NOVEMBER: 5420}
    assert house.past_due() == 0


def test_credit_moves_as_the_money_of_the_charge_that_brought_it(house: House) -> None:
    house.billed((OCTOBER, "84.20", "0.00"))
    payment_id = house.paid(10000, date(2026, 12, 5), "ch_1")

    house.billed((NOVEMBER, "154.20", "84.20"))

    with house.engine.begin() as connection:
        moved = select(entry.c.bill_id, entry.c.minor, entry.c.payment_id).join(journal).order_by(entry.c.minor)
        lines = connection.execute(moved.where(journal.c.charge_id == "ch_1", journal.c.cause.like("credit:%"))).all()
        november = connection.scalar(select(bill.c.id).where(bill.c.period_start == NOVEMBER))
    assert lines == [(november, -1580, payment_id.reveal()), (None, 1580, payment_id.reveal())]


def test_a_bill_below_zero_is_credit(house: House) -> None:
    house.billed((OCTOBER, "-12.00", "0.00"))

    assert house.open() == {None: -1200}


def test_credit_that_a_bill_has_taken_into_account_is_used_up(house: House) -> None:
    house.billed((OCTOBER, "-12.00", "0.00"))

    house.billed((NOVEMBER, "38.00", "0.00"))

    assert house.open() == {NOVEMBER: 3800}


def test_a_bill_lowered_after_it_was_paid_leaves_credit(house: House) -> None:
    house.billed((OCTOBER, "84.20", "0.00"))
    house.paid(8420, date(2026, 11, 20), "ch_1")

    house.billed((OCTOBER, "64.20", "0.00"))

    assert house.open() == {None: -2000}


def test_the_same_file_again_moves_nothing(house: House) -> None:
    bills = ((OCTOBER, "84.20", "0.00"), (NOVEMBER, "70.00", "0.00"))
    house.billed(*bills)
    house.paid(10000, date(2026, 12, 5), "ch_1")
    before = house.causes()

    house.billed(*bills)

    assert house.causes() == before
