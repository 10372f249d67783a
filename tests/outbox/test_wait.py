"""The back-off between two tries."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from handlers.outbox.rows import LONGEST_WAIT, wait

attempts = some.integers(1, 1_000_000)
jitters = some.floats(0, 1)


@given(attempts, jitters)
def test_a_wait_is_never_under_two_and_a_half_seconds_nor_over_a_quarter_of_an_hour(tries: int, jitter: float) -> None:
    assert timedelta(seconds=2.5) <= wait(tries, jitter) <= timedelta(minutes=15)


@given(attempts, jitters)
def test_with_the_same_luck_the_next_wait_is_twice_as_long_until_the_longest(tries: int, jitter: float) -> None:
    longest = LONGEST_WAIT * (1 - jitter / 2)
    assert abs(wait(tries + 1, jitter) - min(wait(tries, jitter) * 2, longest)) <= timedelta(microseconds=2)


@given(attempts, jitters)
def test_jitter_takes_away_no_more_than_half(tries: int, jitter: float) -> None:
    assert wait(tries, 0) / 2 <= wait(tries, jitter) <= wait(tries, 0)
