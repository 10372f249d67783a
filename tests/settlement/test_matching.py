"""A day on which the ledger and Stripe say the same, and every way in which they do not."""

from datetime import timedelta

from bot.money import Money
from tests.cast import MARY
from tests.settlement.morning import MONDAY, SUNDAY, Morning, whats


def test_a_clean_day_is_clean_and_the_fee_is_posted(morning: Morning) -> None:
    charge = morning.paid()
    report = morning.run()
    assert (report.clean, report.lines, report.matched, report.repaired) == (True, 1, 1, [])
    assert morning.lines() == {charge["id"]: f"paid:{charge['id']}"}
    assert morning.world.book("costs") == -(morning.world.book("stripe") - 8595) == 279


def test_the_books_and_stripes_balance_come_to_the_same(morning: Morning) -> None:
    morning.paid()
    report = morning.run()
    sums = report.totals["USD"]
    assert sums.ledger == sums.statement == sums.ledger_now == report.held["USD"] == Money(8595 - 279)


def test_a_second_run_changes_nothing(morning: Morning) -> None:
    morning.paid(told=False)
    first = morning.run()
    books = [morning.world.book(name) for name in ("stripe", "costs", "receivable")]
    second = morning.run()
    assert (len(first.repaired), len(second.repaired), second.matched) == (1, 0, 1)
    assert books == [morning.world.book(name) for name in ("stripe", "costs", "receivable")]


def test_a_day_with_nothing_is_clean(morning: Morning) -> None:
    assert morning.run().clean
    assert morning.days() == {SUNDAY: True}


def test_an_unknown_kind_waits_for_a_person(morning: Morning) -> None:
    line = morning.line("transfer", -5000, "tr_1")
    report = morning.run()
    assert whats(report) == ["unknown kind"]
    assert morning.tickets() == [f"difference:unknown kind:{line['id']}"]


def test_a_fee_of_stripes_own_is_posted_by_itself(morning: Morning) -> None:
    morning.line("stripe_fee", -1200)
    morning.line("stripe_fee", 200)
    assert morning.run().clean
    assert (morning.world.book("costs"), morning.world.book("stripe")) == (1000, -1000)


def test_a_sum_that_differs_waits_for_a_person(morning: Morning) -> None:
    charge = morning.paid()
    moved = next(one for one in morning.store.all("balance_transaction") if one["source"] == charge["id"])
    moved["amount"] -= 100
    report = morning.run()
    assert whats(report) == ["sums differ"]
    assert report.differences[0].why == "Stripe moved 84.95 USD, the ledger says 85.95 USD"


def test_what_the_ledger_says_and_stripe_does_not_waits_for_its_line_at_first(morning: Morning) -> None:
    morning.post("paid:ch_unheard", 5000)
    report = morning.run()
    assert report.clean
    assert [note.about for note in report.waiting] == ["ch_unheard"]


def test_what_the_ledger_says_and_stripe_does_not_is_a_difference_after_three_days(morning: Morning) -> None:
    morning.post("paid:ch_unheard", 5000)
    morning.run()
    morning.clock.pass_time(days=3)
    report = morning.run(MONDAY + timedelta(days=2))
    assert whats(report) == ["missing at Stripe"]
    assert morning.tickets() == ["difference:missing at Stripe:paid:ch_unheard"]


def test_a_line_that_comes_after_midnight_is_found_where_it_is(morning: Morning) -> None:
    morning.until(morning.clock.now() + timedelta(hours=11, minutes=59, seconds=59))
    charge = morning.paid()
    moved = next(one for one in morning.store.all("balance_transaction") if one["source"] == charge["id"])
    moved["created"] += 2
    report = morning.run()
    assert (report.clean, report.lines, report.matched, report.waiting) == (True, 0, 0, [])
    morning.clock.pass_time(days=1)
    report = morning.run(MONDAY)
    assert (report.clean, report.lines, report.matched) == (True, 1, 1)
    morning.clock.pass_time(days=1)
    report = morning.run(MONDAY + timedelta(days=1))
    assert (report.clean, report.lines, report.matched) == (True, 0, 0)


def test_a_line_that_comes_days_after_its_event_makes_no_difference(morning: Morning) -> None:
    charge = morning.paid()
    moved = next(one for one in morning.store.all("balance_transaction") if one["source"] == charge["id"])
    moved["created"] += 2 * 86400
    moved["source"] = "not yet"
    assert [note.about for note in morning.run().waiting] == [charge["id"]]
    moved["source"] = charge["id"]
    morning.clock.pass_time(days=2)
    report = morning.run(MONDAY + timedelta(days=1))
    assert (report.clean, report.waiting) == (True, [])


def test_a_posting_by_hand_that_names_no_object_of_stripes_is_a_difference_in_the_end(morning: Morning) -> None:
    morning.post("by hand", 100)
    morning.clock.pass_time(days=4)
    assert whats(morning.run()) == ["missing at Stripe"]


def test_a_thousand_lines_come_page_by_page(morning: Morning) -> None:
    morning.paid(number=MARY, amount=Money(6145))
    for number in range(1000):
        morning.line("stripe_fee", -number - 1)
    report = morning.run()
    pages = [one for one in morning.world.sandbox.requests if one.path == "/v1/balance_transactions"]
    assert (report.lines, report.matched, report.clean, len(pages)) == (1001, 1001, True, 11)
    assert morning.world.book("costs") == 500_500 + 213
