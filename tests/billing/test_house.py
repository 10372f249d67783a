"""The house number that is stored is the one that people type."""

import pytest

from handlers.billing.house import house_numbers


@pytest.mark.parametrize(
    ("street", "typed"),
    [
        ("1423 Maple St", "1423"),
        ("1423B Maple St", "1423B"),
        ("1423-b Maple St", "1423B"),
        ("1423 B Maple St", "1423"),
        ("1423 B Maple St", "1423B"),
        ("1423 1/2 Maple St", "1423"),
        ("1423 1/2 Maple St", "142312"),
        ("1423½ Maple St", "1423"),
        ("1423½ Maple St", "142312"),
        ("12-34 Oak", "1234"),
        ("N1423 County Road 7", "N1423"),
        ("Lot 5 River Rd", "5"),
        ("１４２３ Maple St", "1423"),
        ("77", "77"),
    ],
)
def test_a_house_number_can_be_typed(street: str, typed: str) -> None:
    assert typed in house_numbers(street)


@pytest.mark.parametrize("street", ["One Main Plaza", "", "  "])
def test_a_street_without_a_number_has_none(street: str) -> None:
    assert house_numbers(street) == ("", "")


def test_a_street_name_is_no_part_of_the_house_number() -> None:
    assert house_numbers("9 Elm Ct") == ("9", "9")
