"""Money: whole cents, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import Money

sums = st.integers(-(10**13), 10**13).map(Money)


@given(sums)
def test_a_sum_written_is_read_again(money):
    assert Money.parse(money.decimal()) == money


@given(sums, sums)
def test_adding_and_taking_away_lose_nothing(one, other):
    assert one + other - other == one
    assert one - other == -(other - one)


@given(sums)
def test_two_halves_pay_the_whole_with_an_odd_cent_at_most(money):
    left = money - money.half() - money.half()
    assert left in (Money(0), Money(-1))


@given(sums, sums)
def test_sums_are_ordered_as_their_cents_are(one, other):
    assert (one < other, one <= other, one > other, one >= other) == (
        one.minor < other.minor,
        one.minor <= other.minor,
        one.minor > other.minor,
        one.minor >= other.minor,
    )


@given(sums)
def test_only_nothing_is_false(money):
    assert bool(money) == (money.minor != 0)


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_money_is_a_whole_number_of_cents(minor):
    with pytest.raises(TypeError):
        Money(minor)


@pytest.mark.parametrize("mix", [Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__])
def test_two_currencies_do_not_mix(mix):
    with pytest.raises(ValueError, match="do not mix"):
        mix(Money(1), Money(1, "CAD"))


@pytest.mark.parametrize("currency", ["usd", "US", "USDD", "", "ÜSD", "USD\n"])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(ValueError, match="currency"):
        Money(1, currency)


@pytest.mark.parametrize(
    "text",
    ["84.2", "84", ".20", "84,20", "1,084.20", "$84.20", " 84.20", "84.20\n", "٨٤.20", "1e2.00", "", "--1.00", "+1.00"],
)
def test_files_write_sums_one_way_only(text):
    with pytest.raises(ValueError, match=r"84\.20"):
        Money.parse(text)


@given(st.text())
def test_any_other_text_is_refused_as_a_value(text):
    try:
        money = Money.parse(text)
    except ValueError:
        return
    assert abs(money.minor) < 10**14
