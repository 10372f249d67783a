"""Which journal a line of Stripe's statement must have."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import Money
from handlers.settlement.lines import StatementLine, cause, cost, cost_cause, failed_charge
from handlers.settlement.matching import judge

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)


def line(kind: str, source: str | None, minor: int = 8595, fee: int = 0) -> StatementLine:
    return StatementLine("txn_1", kind, source, Money(minor), Money(fee), NOW, NOW)


@pytest.mark.parametrize(
    ("kind", "source", "wanted"),
    [
        ("charge", "ch_1", "paid:ch_1"),
        ("payment", "py_1", "paid:py_1"),
        ("refund", "re_1", "refund_out:re_1"),
        ("refund_failure", "re_1", "refund_back:re_1"),
        ("payment_failure_refund", "pyr_1", "refund_back:pyr_1"),
        ("adjustment", "re_1", "refund_back:re_1"),
        ("adjustment", "dp_1", "dispute:txn_1"),
        ("adjustment", "du_1", "dispute:txn_1"),
        ("payout", "po_1", "payout:po_1"),
        ("payout_failure", "po_1", "payout_back:po_1"),
        ("payout_cancel", "po_1", "payout_back:po_1"),
        ("stripe_fee", None, "cost:txn_1"),
        ("tax_fee", "anything", "cost:txn_1"),
        ("adjustment", None, None),
        ("charge", None, None),
        ("transfer", "tr_1", None),
        ("topup", "tu_1", None),
        ("payment_failure_refund", "py_1", None),
    ],
)
def test_each_kind_of_line_has_one_journal(kind: str, source: str | None, wanted: str | None) -> None:
    assert cause(line(kind, source)) == wanted


@pytest.mark.parametrize(("minor", "wanted"), [(-8595, "refund_out:pyr_1"), (8595, "refund_back:pyr_1")])
def test_a_banks_refund_comes_back_under_the_type_that_it_went_out_with(minor: int, wanted: str) -> None:
    assert cause(line("payment_refund", "pyr_1", minor)) == wanted


def test_a_bank_debit_that_failed_takes_its_line_back() -> None:
    assert failed_charge(line("payment_failure_refund", "py_1")) == "py_1"
    assert failed_charge(line("payment_failure_refund", "pyr_1")) is None
    assert failed_charge(line("payment", "py_1")) is None


sums = st.integers(-100_000_000, 100_000_000)
fees = st.integers(0, 100_000)


@given(sums, fees)
def test_a_line_is_matched_by_its_own_sum_and_fee_alone(minor: int, fee: int) -> None:
    paid = line("charge", "ch_1", minor, fee)
    said = {"paid:ch_1": (Money(minor),)} | ({cost_cause(paid): (Money(-fee),)} if fee else {})
    assert judge(paid, said).came == "matched"
    assert judge(paid, said | {"paid:ch_1": (Money(minor + 1),)}).came == "sums differ"
    assert judge(paid, said | {"paid:ch_1": (Money(minor, "CAD"),)}).came == "sums differ"
    if fee:
        assert judge(paid, said | {cost_cause(paid): (Money(-fee - 1),)}).came == "sums differ"


@given(sums, fees)
def test_a_line_leaves_at_stripe_what_its_journals_leave(minor: int, fee: int) -> None:
    for kind in ("charge", "stripe_fee"):
        moved = line(kind, "ch_1", minor, fee)
        by_journals = -cost(moved).minor + (0 if kind == "stripe_fee" else minor)
        assert by_journals == minor - fee
