"""What billing is told: every change that went through us, once, in a file that proves itself."""

import hashlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from handlers.billing.imports import import_accounts, import_bills
from handlers.ledger.tables import entry, journal, remitted
from handlers.remittance.remit import Altered, NoSuchRemittance, make, remit, remit_again, repeat
from handlers.remittance.whole import Occupied
from tests.cast import ACCOUNTS, ANA, BILLS, DEV, GUS, MARY, PRAIRIE
from tests.remittance.ledger import Ledger, Paid


def test_a_payment_is_one_row_with_all_that_billing_needs(ledger: Ledger) -> None:
    paid = ledger.pay()
    end = paid.id.reveal()[-8:].upper()
    assert ledger.remit().rows == [
        {
            "remittance": "1",
            "row": "1",
            "payment_id": paid.id.reveal(),
            "reference": f"{end[:4]}-{end[4:]}",
            "account_number": "0012345678",
            "period_start": "2026-10-14",
            "kind": "payment",
            "amount": "84.20",
            "fee": "1.75",
            "currency": "USD",
            "method": "card",
            "paid_at": "2026-11-22T18:00:00Z",
            "effective_on": "2026-11-22",
            "cause": f"paid:{paid.charge.id}",
        }
    ]


def test_a_payment_of_two_periods_is_two_rows_and_its_fee_stands_once(ledger: Ledger) -> None:
    ledger.pay(DEV, 10000)
    sheet = ledger.remit()
    assert [(row["period_start"], row["amount"], row["fee"]) for row in sheet.rows] == [
        ("", "60.00", "1.75"),
        ("2026-10-14", "40.00", "0.00"),
    ]


def test_what_nobody_owed_any_more_is_told_as_credit_without_a_period(ledger: Ledger) -> None:
    ledger.pay()
    ledger.pay()
    assert [(row["period_start"], row["amount"]) for row in ledger.remit().rows] == [
        ("2026-10-14", "84.20"),
        ("", "84.20"),
    ]


def test_what_went_back_is_told_with_its_kind_and_below_zero(ledger: Ledger) -> None:
    paid = ledger.pay()
    ledger.remit()
    ledger.take_back(paid, 2000)
    ledger.take_back(paid, 6420, "charged_back")
    sheet = ledger.remit()
    assert [(row["kind"], row["amount"]) for row in sheet.rows] == [("refund", "-20.00"), ("charge_back", "-64.20")]
    assert {row["payment_id"] for row in sheet.rows} == {paid.id.reveal()}


def test_a_credit_that_pays_a_new_bill_is_told_as_moved_and_comes_to_nothing(ledger: Ledger) -> None:
    ledger.pay(amount=10000)
    ledger.remit()
    ledger.bill(ANA, "2026-11-13", 11420, past=8420)
    assert [(row["kind"], row["period_start"], row["amount"]) for row in ledger.remit().rows] == [
        ("moved", "", "-15.80"),
        ("moved", "2026-11-13", "15.80"),
    ]


def test_bills_and_what_moved_elsewhere_are_billings_own_and_not_told(ledger: Ledger) -> None:
    assert ledger.remit().rows == []


def test_money_that_is_on_no_account_is_not_told(ledger: Ledger) -> None:
    ledger.stranger()
    assert ledger.remit().rows == []


def test_the_last_line_counts_adds_up_and_seals_what_stands_above_it(ledger: Ledger) -> None:
    ledger.take_back(ledger.pay(), 3000)
    sheet = ledger.remit()
    above, last = sheet.data[: sheet.data.rindex(b"total,")], sheet.trailer
    assert last == ["total", "prairie", "1", "2", "54.20", "USD", hashlib.sha256(above).hexdigest()]


def test_with_nothing_to_tell_there_is_a_header_and_a_last_line_under_a_number_of_its_own(ledger: Ledger) -> None:
    ledger.pay()
    assert [ledger.remit().trailer[2:5] for _ in range(3)] == [
        ["1", "1", "84.20"],
        ["2", "0", "0.00"],
        ["3", "0", "0.00"],
    ]


def test_again_gives_the_very_same_bytes_whatever_happened_since(ledger: Ledger) -> None:
    paid = ledger.pay()
    first = ledger.remit()
    ledger.take_back(paid, 8420)
    ledger.clock.pass_time(days=3)
    ledger.remit()
    assert again(ledger, 1) == first.data


def again(ledger: Ledger, number: int) -> bytes:
    out = BytesIO()
    with ledger.engine.begin() as connection:
        repeat(connection, PRAIRIE, number, out)
    return out.getvalue()


def test_a_number_that_was_never_given_is_not_there(ledger: Ledger) -> None:
    with pytest.raises(NoSuchRemittance):
        again(ledger, 1)


def test_a_ledger_that_was_tampered_with_does_not_pass_for_what_was_told(ledger: Ledger) -> None:
    ledger.pay()
    ledger.remit()
    ana = ledger.account_id(ANA)
    with ledger.engine.begin() as connection:
        made = connection.execute(
            insert(journal).values(cause="paid:x", at=ledger.clock.now(), effective_on=ledger.clock.now().date())
        ).inserted_primary_key[0]
        lines = {"journal_id": made, "account_id": ana, "currency": "USD"}
        connection.execute(
            insert(entry), [{**lines, "book": "receivable", "minor": -1}, {**lines, "book": "stripe", "minor": 1}]
        )
        connection.execute(insert(remitted).values(journal_id=made, remittance_id=1))
    with pytest.raises(Altered):
        again(ledger, 1)


def test_each_utility_is_told_of_its_own_accounts_and_counts_for_itself(ledger: Ledger) -> None:
    meadow = replace(PRAIRIE, name="meadow")
    import_accounts(ledger.engine, meadow, StringIO(ACCOUNTS), ledger.clock)
    import_bills(ledger.engine, meadow, StringIO(BILLS), ledger.clock)
    ledger.pay(amount=1000)
    ledger.pay(amount=2000, utility="meadow")
    assert ledger.remit().amounts() == [1000]
    out = BytesIO()
    with ledger.engine.begin() as connection:
        made = make(connection, meadow, ledger.clock.now(), out)
    assert (made.number, made.totals.amount.minor) == (1, 2000)


def test_the_file_is_put_in_its_place_whole(ledger: Ledger, tmp_path: Path) -> None:
    ledger.pay()
    made = remit(ledger.engine, PRAIRIE, tmp_path / "1.csv", ledger.clock)
    assert made.totals.rows == 1
    assert (tmp_path / "1.csv").read_bytes() == again(ledger, 1)
    assert [path.name for path in tmp_path.glob("*.csv*")] == ["1.csv"]


def test_a_file_that_is_there_is_never_written_over_and_nothing_is_claimed(ledger: Ledger, tmp_path: Path) -> None:
    ledger.pay()
    (tmp_path / "1.csv").write_text("billing has not read this yet")
    with pytest.raises(Occupied):
        remit(ledger.engine, PRAIRIE, tmp_path / "1.csv", ledger.clock)
    assert (tmp_path / "1.csv").read_text() == "billing has not read this yet"
    assert not (tmp_path / "1.csv.part").exists()
    assert ledger.remit().made.totals.rows == 1


def test_a_file_that_another_run_is_writing_is_left_to_it(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "1.csv.part").write_text("half a")
    with pytest.raises(Occupied):
        remit(ledger.engine, PRAIRIE, tmp_path / "1.csv", ledger.clock)
    assert (tmp_path / "1.csv.part").read_text() == "half a"
    assert ledger.remit().made.number == 1


def test_a_crash_before_the_commit_claims_nothing(ledger: Ledger) -> None:
    ledger.pay()
    with ledger.engine.connect() as connection, connection.begin() as cut_off:
        make(connection, PRAIRIE, ledger.clock.now(), BytesIO())
        cut_off.rollback()
    assert (ledger.remit().made.number, ledger.remit().made.totals.rows) == (1, 0)


def test_a_crash_after_the_commit_loses_only_the_file_which_can_be_written_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    ledger.pay()
    lost = ledger.remit()
    remit_again(ledger.engine, PRAIRIE, 1, tmp_path / "1.csv")
    assert (tmp_path / "1.csv").read_bytes() == lost.data
    assert ledger.remit().rows == []


def test_however_many_remit_at_once_each_payment_is_told_once(ledger: Ledger, tmp_path: Path) -> None:
    causes = {f"paid:{ledger.pay(number, 100).charge.id}" for number in (ANA, DEV, MARY) for _ in range(5)}
    with ThreadPoolExecutor(4) as pool:
        files = [tmp_path / f"{number}.csv" for number in range(4)]
        made = list(pool.map(lambda path: remit(ledger.engine, PRAIRIE, path, ledger.clock), files))
    told = Counter(line.rsplit(",", 1)[1] for path in files for line in path.read_text().splitlines()[1:-1])
    assert told == dict.fromkeys(causes, 1)
    assert sorted(each.number for each in made) == [1, 2, 3, 4]


def test_what_is_paid_while_it_is_made_is_told_by_this_one_or_the_next(ledger: Ledger, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        paying = pool.submit(lambda: [ledger.pay(amount=100) for _ in range(10)])
        sheets = [ledger.remit() for _ in range(5)]
        paying.result()
    sheets.append(ledger.remit())
    assert sum(len(sheet.rows) for sheet in sheets) == 10


STEPS = st.one_of(
    st.tuples(
        st.just("pay"), st.sampled_from([ANA, DEV, MARY, GUS]), st.integers(50, 20_000), st.sampled_from([0, 175])
    ),
    st.tuples(st.sampled_from(["refund", "charged_back"]), st.integers(0, 9), st.integers(1, 20_000)),
    st.just(("stranger",)),
    st.tuples(st.just("bill"), st.sampled_from([ANA, DEV]), st.just("2026-11-13"), st.integers(0, 20_000)),
    st.just(("remit",)),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(STEPS, max_size=10))
def test_whatever_is_posted_and_whenever_it_is_told_no_row_is_twice_and_none_is_missing(
    ledger: Ledger, steps: list[tuple[Any, ...]]
) -> None:
    sheets, paid = [ledger.remit()], list[Paid]()  # the first takes what earlier examples left in the database
    before = ledger.last_journal()
    for what, *how in [*steps, ("remit",)]:
        if what == "pay":
            paid.append(ledger.pay(*how))
        elif what == "stranger":
            ledger.stranger()
        elif what == "bill":
            ledger.bill(*how)
        elif what == "remit":
            sheets.append(ledger.remit())
        elif paid:
            ledger.take_back(paid[how[0] % len(paid)], how[1], what)
    told = [place for sheet in sheets[1:] for place in sheet.places()]
    assert sorted(told) == sorted(ledger.through_us(since=before).items())
    for sheet in sheets:
        assert again(ledger, sheet.made.number) == sheet.data
