"""Billing tells us what it posted: a file is taken whole or not at all, and each payment is posted once."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO

import pytest
from sqlalchemy import select

from bot.names import PaymentId
from handlers.billing.imports import BadFile, Imported
from handlers.ledger.tables import payment
from handlers.remittance.posted import import_posted
from tests.cast import DEV, MARY, PRAIRIE
from tests.remittance.ledger import Ledger


def posted(ledger: Ledger, *rows: str, head: str = "payment_id,posted_on") -> Imported:
    return import_posted(ledger.engine, PRAIRIE, StringIO("\n".join([head, *rows]), newline=""), ledger.clock)


def posted_at(ledger: Ledger, payment_id: PaymentId) -> datetime | None:
    with ledger.engine.begin() as connection:
        return connection.scalar(select(payment.c.posted_at).where(payment.c.id == payment_id.reveal()))


def reference(payment_id: PaymentId) -> str:
    end = payment_id.reveal()[-8:].upper()
    return f"{end[:4]}-{end[4:]}"


def test_a_payment_is_posted_on_the_day_that_billing_says_where_the_utility_is(ledger: Ledger) -> None:
    paid = ledger.pay()
    ledger.clock.pass_time(days=2)
    assert posted(ledger, f"{paid.id.reveal()},2026-11-23") == Imported(changed=1)
    assert posted_at(ledger, paid.id) == datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_a_payment_is_never_posted_before_it_was_paid(ledger: Ledger) -> None:
    paid = ledger.pay()
    posted(ledger, f"{paid.id.reveal()},2026-11-22")
    assert posted_at(ledger, paid.id) == paid.charge.taken_at


def test_a_payment_may_be_named_by_its_reference(ledger: Ledger) -> None:
    paid, other = ledger.pay(), ledger.pay(DEV, 1000)
    assert posted(ledger, f"{reference(paid.id)},2026-11-22", head="reference,posted_on") == Imported(changed=1)
    assert posted_at(ledger, paid.id) is not None
    assert posted_at(ledger, other.id) is None


@pytest.mark.parametrize("written", [lambda text: text.lower(), lambda text: text.replace("-", "")])
def test_a_reference_may_be_written_small_or_without_its_dash(ledger: Ledger, written: Callable[[str], str]) -> None:
    paid = ledger.pay()
    assert posted(ledger, f"{written(reference(paid.id))},2026-11-22", head="reference,posted_on").changed == 1


def test_the_same_file_twice_changes_nothing(ledger: Ledger) -> None:
    rows = [f"{ledger.pay(number, 1000).id.reveal()},2026-11-22" for number in (DEV, MARY)]
    assert posted(ledger, *rows) == Imported(changed=2)
    assert posted(ledger, *rows) == Imported(unchanged=2)


def test_a_payment_that_is_posted_stays_so_whatever_comes_later(ledger: Ledger) -> None:
    paid = ledger.pay()
    ledger.clock.pass_time(days=3)
    posted(ledger, f"{paid.id.reveal()},2026-11-23")
    assert posted(ledger, f"{paid.id.reveal()},2026-11-24") == Imported(unchanged=1)
    assert posted_at(ledger, paid.id) == datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_a_payment_of_several_periods_may_be_there_once_for_each(ledger: Ledger) -> None:
    row = f"{ledger.pay(DEV, 10000).id.reveal()},2026-11-22"
    assert posted(ledger, row, row).changed == 1


def test_a_payment_that_is_not_paid_is_a_fault(ledger: Ledger) -> None:
    asked = ledger.ask()
    with pytest.raises(BadFile, match="line 2, column payment_id: it is not paid"):
        posted(ledger, f"{asked.reveal()},2026-11-22")


def test_a_payment_of_another_utility_is_a_fault(ledger: Ledger) -> None:
    asked = ledger.ask()
    with ledger.engine.begin() as connection:
        connection.execute(payment.update().values(utility="meadow", paid_at=ledger.clock.now()))
    with pytest.raises(BadFile, match="line 2, column payment_id: no such payment"):
        posted(ledger, f"{asked.reveal()},2026-11-22")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("pay_00000000000000000000000000000000,2026-11-22", "column payment_id: no such payment"),
        ("4F1B-2C3D,2026-11-22", "column payment_id: a payment_id is written as the remittance has it"),
        ("{id},11/22/2026", "column posted_on: a date is written like 2026-11-14"),
        ("{id},2026-11-21", "column posted_on: it is before the day of the payment"),
        ("{id},2026-11-23", "column posted_on: it is in the future"),
        ("{id}", "it has 1 cells and the header has 2"),
    ],
)
def test_one_bad_row_and_nothing_of_the_file_is_kept(ledger: Ledger, row: str, fault: str) -> None:
    paid, good = ledger.pay(), ledger.pay(DEV, 1000)
    with pytest.raises(BadFile, match=f"line 3(, |: ){fault}"):
        posted(ledger, f"{good.id.reveal()},2026-11-22", row.format(id=paid.id.reveal()))
    assert posted_at(ledger, good.id) is None


def test_a_reference_that_two_paid_payments_share_is_asked_back(ledger: Ledger) -> None:
    paid, other = ledger.pay(), ledger.ask(DEV)
    twin = other.reveal()[:-8] + paid.id.reveal()[-8:]
    with ledger.engine.begin() as connection:
        connection.execute(payment.update().where(payment.c.id == other.reveal()).values(id=twin))
    assert posted(ledger, f"{reference(paid.id)},2026-11-22", head="reference,posted_on").changed == 1
    with ledger.engine.begin() as connection:
        connection.execute(payment.update().where(payment.c.id == twin).values(paid_at=ledger.clock.now()))
    with pytest.raises(BadFile, match="column reference: two payments have it"):
        posted(ledger, f"{reference(paid.id)},2026-11-22", head="reference,posted_on")


def test_a_header_that_names_no_payment_is_told_so(ledger: Ledger) -> None:
    with pytest.raises(BadFile, match="column payment_id: the column is missing"):
        posted(ledger, "x,2026-11-22", head="account_number,posted_on")


def test_an_empty_file_is_told_so(ledger: Ledger) -> None:
    with pytest.raises(BadFile, match="the column is missing"):
        import_posted(ledger.engine, PRAIRIE, StringIO(""), ledger.clock)
