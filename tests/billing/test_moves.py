"""What billing tells moves between billing periods as people would say it does."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.billing.moves import Move, Period, Place, elsewhere, put_to_use

minors = st.integers(-9_000, 9_000)
periods_of_an_account = st.lists(st.tuples(minors, minors), max_size=5).map(
    lambda pairs: [Period(number or None, minor, closed) for number, (minor, closed) in enumerate(pairs)]
)
# Bill 0 stands for None; a period's places are together, its oldest first.
places_of_an_account = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([None, "ch_1", "ch_2"]), minors), max_size=12
).map(
    lambda rows: [
        Place(bill_id or None, charge_id, None, minor) for bill_id, charge_id, minor in sorted(rows, key=lambda r: r[0])
    ]
)


@given(minors, periods_of_an_account)
def test_the_whole_difference_finds_its_periods(minor: int, periods: list[Period]) -> None:
    assert sum(part for _bill, part in elsewhere(minor, periods)) == minor


def test_what_was_paid_elsewhere_pays_the_oldest() -> None:
    periods = [Period(1, 3000, 0), Period(2, 8000, 0)]

    assert elsewhere(-4000, periods) == [(1, -3000), (2, -1000)]


def test_what_was_paid_beyond_all_periods_is_credit() -> None:
    assert elsewhere(-500, [Period(1, 300, 0)]) == [(1, -300), (None, -200)]


def test_a_period_that_was_not_paid_after_all_is_open_again() -> None:
    """A cheque came back: August was thought paid, September is open."""
    periods = [Period(8, 0, 5000), Period(9, 8000, 0)]

    assert elsewhere(5000, periods) == [(8, 5000)]


def test_of_paid_periods_the_newest_is_open_again_first() -> None:
    periods = [Period(7, 0, 4000), Period(8, 0, 5000), Period(9, 8000, 0)]

    assert elsewhere(6000, periods) == [(8, 5000), (7, 1000)]


def test_what_no_bill_of_ours_charged_is_older_than_all_of_them() -> None:
    assert elsewhere(6000, [Period(1, 8275, 0)]) == [(None, 6000)]


def test_credit_is_used_up_before_a_period_is_open_again() -> None:
    periods = [Period(None, -1200, 0), Period(1, 0, 5000)]

    assert elsewhere(2000, periods) == [(None, 1200), (1, 800)]


def after(places: list[Place], moves: list[Move]) -> dict[int | None, int]:
    sums: dict[int | None, int] = {}
    for place in places:
        sums[place.bill_id] = sums.get(place.bill_id, 0) + place.minor
    for move in moves:
        sums[move.place.bill_id] += move.minor
        sums[move.bill_id] = sums.get(move.bill_id, 0) - move.minor
    return sums


@given(places_of_an_account)
def test_afterwards_no_bill_has_too_much_and_there_is_no_credit_beside_an_open_period(places: list[Place]) -> None:
    sums = after(places, put_to_use(places))

    assert all(minor >= 0 for bill_id, minor in sums.items() if bill_id is not None)
    assert sums.get(None, 0) >= 0 or not any(minor > 0 for minor in sums.values())


@given(places_of_an_account)
def test_no_charge_gives_more_than_it_brought_there(places: list[Place]) -> None:
    given_away: dict[Place, int] = {}
    for move in put_to_use(places):
        given_away[move.place] = given_away.get(move.place, 0) + move.minor

    assert all(0 < minor <= -place.minor * places.count(place) for place, minor in given_away.items())


@given(places_of_an_account)
def test_once_put_to_use_there_is_nothing_left_to_do(places: list[Place]) -> None:
    even = [Place(bill_id, None, None, minor) for bill_id, minor in after(places, put_to_use(places)).items()]

    assert put_to_use(sorted(even, key=lambda place: place.bill_id or 0)) == []


def test_the_money_that_came_last_is_what_was_too_much() -> None:
    places = [Place(None, "ch_new", "pay_2", -300), Place(None, "ch_old", "pay_1", -300), Place(1, None, None, 400)]

    assert put_to_use(places) == [Move(places[0], 1, 300), Move(places[1], 1, 100)]


def test_a_bill_that_was_lowered_after_it_was_paid_pays_the_others_and_leaves_credit() -> None:
    places = [Place(1, "ch_1", "pay_1", -500), Place(1, None, None, 100), Place(2, None, None, 150)]

    assert put_to_use(places) == [Move(places[0], 2, 150), Move(places[0], None, 250)]
