"""Which days are reconciled, by whom, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.errors import Refused, Unavailable
from handlers.settlement import days
from handlers.settlement.reconciling import Busy
from handlers.settlement.statement import bounds
from tests.cast import PRAIRIE
from tests.settlement.morning import MONDAY, MONDAY_AT_SEVEN, SUNDAY, Morning

CHICAGO = ZoneInfo("America/Chicago")


def due(morning: Morning) -> list[date]:
    return list(days.due(morning.engine, CHICAGO, morning.clock.now()))


def test_a_day_is_the_utilitys_and_may_have_23_or_25_hours() -> None:
    hours = [bounds(day, CHICAGO) for day in (date(2026, 3, 8), date(2026, 11, 1), SUNDAY)]
    assert [(ends - begins) / timedelta(hours=1) for begins, ends in hours] == [23, 25, 24]
    assert bounds(SUNDAY, CHICAGO)[0] == datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_yesterday_is_due_from_six_in_the_morning_on(morning: Morning) -> None:
    morning.until(MONDAY_AT_SEVEN - timedelta(hours=1, seconds=1))
    assert due(morning) == [SUNDAY - timedelta(days=1)]
    morning.clock.pass_time(seconds=1)
    assert due(morning) == [SUNDAY]


def test_a_look_reconciles_what_is_due_once(morning: Morning) -> None:
    morning.until(MONDAY_AT_SEVEN)
    morning.reconciliation.look()
    morning.paid(told=False)
    morning.reconciliation.look()
    assert (morning.days(), morning.left, due(morning)) == ({SUNDAY: True}, [0], [])


def test_missed_days_are_caught_up_with_up_to_seven(morning: Morning) -> None:
    morning.until(MONDAY_AT_SEVEN)
    morning.reconciliation.look()
    morning.clock.pass_time(days=3)
    morning.reconciliation.look()
    assert sorted(morning.days()) == [SUNDAY + timedelta(days=number) for number in range(4)]
    morning.clock.pass_time(days=30)
    assert due(morning) == [MONDAY + timedelta(days=32 - number) for number in range(6, -1, -1)]


def test_what_two_do_at_once_one_does(morning: Morning) -> None:
    other = morning.another()
    take = morning.world.events.take
    seen: list[str] = []

    def meanwhile(event: object) -> None:
        with pytest.raises(Busy):
            other.run(SUNDAY)
        other.look()
        seen.append("asked")
        take(event)  # type: ignore[arg-type]

    morning.world.events.take = meanwhile  # type: ignore[method-assign]
    morning.paid(told=False)
    assert morning.run().clean
    assert (seen, morning.left) == (["asked"], [0])


def test_whoever_died_over_a_day_is_followed_by_another(morning: Morning) -> None:
    morning.until(MONDAY_AT_SEVEN)
    with morning.engine.begin() as connection:
        assert days.claim(connection, SUNDAY, morning.clock.now(), again=False)
    morning.reconciliation.look()
    assert morning.days() == {SUNDAY: False}
    morning.clock.pass_time(hours=1)
    morning.reconciliation.look()
    assert morning.days() == {SUNDAY: True}


def test_whoever_was_taken_for_dead_writes_nothing_more(morning: Morning) -> None:
    morning.paid()
    morning.until(MONDAY_AT_SEVEN)
    began_at = morning.clock.now()
    with morning.engine.begin() as connection:
        days.claim(connection, SUNDAY, began_at, again=False)
    morning.clock.pass_time(hours=1)
    morning.reconciliation.look()
    with pytest.raises(days.Superseded), morning.engine.begin() as connection:
        days.still_ours(connection, SUNDAY, began_at)
    days.let_go(morning.engine, SUNDAY, began_at)
    assert morning.days() == {SUNDAY: True}


@pytest.mark.parametrize("path", ["/v1/balance_transactions", "/v1/charges/.*", "/v1/payment_links", "/v1/balance"])
def test_when_stripe_goes_away_in_the_middle_the_next_look_does_it(morning: Morning, path: str) -> None:
    morning.paid(told=False)
    morning.world.link()
    morning.until(MONDAY_AT_SEVEN)
    morning.world.sandbox.fail_next("stripe", status=503, path=path.removeprefix("/v1/").removesuffix("/.*"))
    morning.reconciliation.look()
    assert (morning.days(), morning.left) == ({}, [])
    morning.reconciliation.look()
    assert (morning.days(), morning.left) == ({SUNDAY: True}, [0])


def test_a_day_that_fails_when_it_is_done_again_keeps_its_earlier_end(morning: Morning) -> None:
    """It was the first one: those after it are due only because it is there."""
    morning.line("transfer", -5000, "tr_1")
    morning.run()
    morning.clock.pass_time(days=2)
    before = due(morning)
    morning.world.sandbox.fail_next("stripe", status=503, path="balance")
    with pytest.raises(Unavailable):
        morning.run()
    assert (morning.days(), morning.left, due(morning)) == ({SUNDAY: True}, [1], before)
    morning.run()
    assert morning.run(MONDAY).day == MONDAY


def test_whoever_is_killed_over_a_day_that_is_done_again_leaves_its_earlier_end(morning: Morning) -> None:
    morning.line("transfer", -5000, "tr_1")
    morning.run()
    morning.clock.pass_time(days=1)
    with morning.engine.begin() as connection:
        assert days.claim(connection, SUNDAY, morning.clock.now(), again=True)
    with morning.engine.begin() as connection:
        assert not days.claim(connection, SUNDAY, morning.clock.now(), again=True)
        assert not days.claim(connection, MONDAY, morning.clock.now(), again=False)
    assert (morning.days(), morning.left, due(morning)) == ({SUNDAY: True}, [1], [MONDAY])
    morning.clock.pass_time(hours=1)
    morning.reconciliation.look()
    assert (morning.days(), morning.left) == ({SUNDAY: True, MONDAY: True}, [1, 1])
    morning.run()
    assert morning.left == [1, 1]


def test_a_key_that_may_not_look_is_told_in_the_log(morning: Morning, caplog: pytest.LogCaptureFixture) -> None:
    morning.until(MONDAY_AT_SEVEN)
    morning.world.sandbox.fail_next("stripe", status=403, path="balance")
    morning.reconciliation.look()
    assert [line.levelname for line in caplog.records] == ["ERROR"]
    morning.world.sandbox.fail_next("stripe", status=403, path="balance")
    with pytest.raises(Refused):
        morning.run()


def test_an_outage_by_hand_is_said_as_one(morning: Morning) -> None:
    morning.world.sandbox.fail_next("stripe", status=503, path="balance")
    with pytest.raises(Unavailable):
        morning.run()
    assert morning.days() == {}


def test_of_several_utilities_the_day_is_the_first_ones(morning: Morning) -> None:
    morning.until(MONDAY_AT_SEVEN)
    east = replace(PRAIRIE, name="east", brand="Harbor Water", zone=ZoneInfo("America/New_York"))
    report = morning.another(east=east, prairie=PRAIRIE).run(SUNDAY)
    assert "America/New_York, the zone of Harbor Water\n(Stripe's account is one" in report.text()


def test_when_sql_goes_away_in_the_middle_the_lease_runs_out(
    morning: Morning, caplog: pytest.LogCaptureFixture
) -> None:
    morning.paid(told=False)
    morning.until(MONDAY_AT_SEVEN)

    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception("away"))

    take = morning.world.events.take
    morning.world.events.take = lambda _: event.listen(morning.engine, "before_cursor_execute", away)  # type: ignore[method-assign]
    morning.reconciliation.look()
    event.remove(morning.engine, "before_cursor_execute", away)
    morning.world.events.take = take  # type: ignore[method-assign]
    assert [line.levelname for line in caplog.records] == ["WARNING", "WARNING"]
    morning.reconciliation.look()
    assert morning.days() == {SUNDAY: False}
    morning.clock.pass_time(hours=1)
    morning.reconciliation.look()
    assert (morning.days(), morning.left) == ({SUNDAY: True}, [0])
