"""By the utility's own clock: no text at six in the morning, and a payout of the evening is of that day."""

from datetime import UTC, datetime, timedelta

from tests.settlement.morning import MONDAY_AT_SEVEN, SUNDAY, Morning

NEXT_SUNDAY = SUNDAY + timedelta(days=7)


def test_nobody_is_woken_because_a_payment_had_been_missed(morning: Morning) -> None:
    morning.paid(told=False)
    morning.until(MONDAY_AT_SEVEN - timedelta(minutes=55))
    morning.reconciliation.look()
    assert [text.due_at for text in morning.world.parcels("text")] == [datetime(2026, 11, 23, 14, tzinfo=UTC)]


def test_whoever_pays_at_night_is_thanked_at_once(morning: Morning) -> None:
    morning.until(MONDAY_AT_SEVEN - timedelta(hours=4))
    morning.paid()
    assert [text.due_at for text in morning.world.parcels("text")] == [morning.clock.now()]


def test_what_is_paid_out_in_the_evening_is_of_the_same_day_here_and_at_stripe(morning: Morning) -> None:
    morning.paid()
    morning.run()
    morning.until(datetime(2026, 11, 30, 0, 30, tzinfo=UTC))
    morning.till.pay_out()
    assert morning.world.deliver(morning.world.events_of("payout.created")[-1]).status_code == 200
    morning.clock.pass_time(hours=13)
    totals = morning.run(NEXT_SUNDAY).totals["USD"]
    assert (totals.ledger, totals.statement.minor) == (totals.statement, 0)
