"""Paying from a bank account: it is on its way first, and then it came, or it did not."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.house import House, link_in
from tests.e2e.people import Person


@dataclass
class Debit:
    """Somebody has paid from a bank, and nobody knows yet whether the money comes."""

    house: House
    payer: Person
    session: dict[str, Any]

    def ends(self, good: bool) -> None:
        self.house.sandbox.till.settle_bank(self.session, good)
        assert self.house.sandbox.quiet()
        self.house.morning_comes()


@pytest.fixture
def debit(house: House) -> Debit:
    payer = house.newcomer()
    for words in ("PAY", "1", "1", "3"):
        house.text(payer.phone, words)
    session = house.pay(link_in(house.text(payer.phone, "1")), "bank")
    house.reads(payer.phone, "your bank is sending $84.20")
    return Debit(house, payer, session)


def test_while_the_bank_works_nothing_is_credited(debit: Debit) -> None:
    assert "business days" in debit.house.text(debit.payer.phone, "STATUS")
    assert debit.house.owed(debit.payer) == 8420


def test_when_the_money_comes_the_bill_is_paid_and_the_payer_reads_it(debit: Debit) -> None:
    debit.ends(good=True)
    assert "$84.20" in debit.house.reads(debit.payer.phone, "thank you")
    assert debit.house.owed(debit.payer) == 0


def test_when_the_money_does_not_come_the_bill_stays_and_the_payer_reads_it(debit: Debit) -> None:
    debit.ends(good=False)
    assert "PAY" in debit.house.reads(debit.payer.phone, "did not go through")
    assert debit.house.owed(debit.payer) == 8420


def test_after_a_failed_debit_the_bill_can_be_paid_by_card(debit: Debit) -> None:
    debit.ends(good=False)
    debit.house.reads(debit.payer.phone, "did not go through")
    for words in ("PAY", "1"):
        debit.house.text(debit.payer.phone, words)
    debit.house.pay(link_in(debit.house.text(debit.payer.phone, "1")))
    debit.house.reads(debit.payer.phone, "thank you")
    assert debit.house.owed(debit.payer) == 0
