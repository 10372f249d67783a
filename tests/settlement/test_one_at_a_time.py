"""No two reconcile at once, not even two different days: they would close and count what the other one found."""

from datetime import timedelta

import pytest

from handlers.settlement import days
from handlers.settlement.reconciling import Busy
from tests.settlement.morning import MONDAY, MONDAY_AT_SEVEN, SUNDAY, Morning

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def on_wednesday(morning: Morning) -> Morning:
    """Sunday is done, Monday and Tuesday are due. On Tuesday there was a line that we do not post."""
    morning.until(MONDAY_AT_SEVEN)
    morning.reconciliation.look()
    morning.clock.pass_time(days=1, hours=3)
    morning.line("transfer", -5000, "tr_1")
    morning.clock.pass_time(hours=21)
    return morning


def test_another_day_waits_and_its_ticket_stays_open(on_wednesday: Morning) -> None:
    other, links = on_wednesday.another(), on_wednesday.reconciliation._leftovers.links

    def meanwhile(dry_run: bool) -> object:
        other.look()
        with pytest.raises(Busy):
            other.run(TUESDAY)
        return links(dry_run)

    on_wednesday.reconciliation._leftovers.links = meanwhile  # type: ignore[assignment, method-assign]
    on_wednesday.run(MONDAY)
    assert on_wednesday.days() == {SUNDAY: True, MONDAY: True}
    other.look()
    assert (on_wednesday.days()[TUESDAY], len(on_wednesday.tickets())) == (True, 1)


def test_whoever_died_over_a_day_holds_up_the_others_for_an_hour(on_wednesday: Morning) -> None:
    began_at = on_wednesday.clock.now()
    with on_wednesday.engine.begin() as connection:
        assert days.claim(connection, MONDAY, began_at, again=False)
    with pytest.raises(Busy):
        on_wednesday.run(TUESDAY)
    on_wednesday.clock.pass_time(hours=1)
    on_wednesday.run(TUESDAY)
    with pytest.raises(days.Superseded), on_wednesday.engine.begin() as connection:
        days.still_ours(connection, MONDAY, began_at)
    on_wednesday.reconciliation.look()
    assert on_wednesday.days() == {SUNDAY: True, MONDAY: True, TUESDAY: True}
