"""Tickets of differences: opened once, closed by themselves, and never behind a person's back."""

from datetime import timedelta

from sqlalchemy import update

from handlers.ledger.tables import ticket
from handlers.settlement.report import Report
from tests.settlement.morning import MONDAY, SUNDAY, Morning, whats


def test_a_difference_has_one_ticket_however_often_it_is_found(morning: Morning) -> None:
    morning.line("transfer", -5000, "tr_1")
    morning.run()
    morning.run()
    morning.clock.pass_time(days=1)
    morning.run(MONDAY)
    assert len(morning.tickets(still_open=False)) == 1


def test_a_difference_of_an_earlier_day_is_told_until_it_is_gone(morning: Morning) -> None:
    line = morning.line("transfer", -5000, "tr_1")
    morning.run()
    for later in (1, 20):
        morning.clock.pass_time(days=later)
        assert whats(morning.run(SUNDAY + timedelta(days=later))) == ["unknown kind"]
    line["type"] = "stripe_fee"
    morning.run(SUNDAY)
    assert (morning.tickets(), len(morning.tickets(still_open=False))) == ([], 1)


def test_a_movement_that_stripe_shows_at_last_closes_its_ticket(morning: Morning) -> None:
    morning.post("payout:po_late", -100)
    morning.clock.pass_time(days=4)
    assert whats(morning.run()) == ["missing at Stripe"]
    morning.line("payout", -100, "po_late")
    report = morning.run(SUNDAY + timedelta(days=3))
    assert (report.clean, report.closed, morning.tickets()) == (True, 1, [])


def test_a_difference_that_comes_back_opens_its_ticket_again(morning: Morning) -> None:
    line = morning.line("transfer", -5000, "tr_1")
    morning.run()
    line["type"] = "stripe_fee"
    morning.run()
    assert morning.tickets() == []
    line["type"] = "transfer"
    morning.run()
    assert len(morning.tickets()) == 1


def closed_by_hand(morning: Morning) -> Report:
    morning.line("transfer", -5000, "tr_1")
    morning.run()
    with morning.engine.begin() as connection:
        values = {"closed_at": morning.clock.now(), "closed_by": "Rosa", "outcome": "our own transfer"}
        connection.execute(update(ticket).values(values))
    return morning.run()


def test_what_a_person_settled_counts_no_more_and_stays_settled(morning: Morning) -> None:
    report = closed_by_hand(morning)
    assert (report.clean, morning.tickets(), morning.left) == (True, [], [0])
    assert "Settled by Rosa." in report.text()
