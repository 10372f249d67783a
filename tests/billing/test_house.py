"""The house number that is stored is the one that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing.addresses import service_address
from handlers.billing.house import house_numbers
from tests.cast import PRAIRIE


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


houses = st.from_regex(r"[1-9][0-9]{0,4}( 1/2|[A-Z]|-[A-Z]|-[0-9]{1,3})?", fullmatch=True)
roads = st.sampled_from(["Maple St", "5th Ave", "Route 66", "N Main St", "Oak Ave Apt 4B", "County Road 7"])


@given(houses, roads)
def test_whoever_types_the_whole_address_as_stored_is_right(house: str, road: str) -> None:
    street = f"{house} {road}"

    assert service_address(f"{street}, Springfield IL 62701", PRAIRIE).house in house_numbers(street)


@given(houses)
def test_whoever_types_house_and_zip_alone_is_right(house: str) -> None:
    assert service_address(f"{house} 62701", PRAIRIE).house in house_numbers(f"{house} Maple St")
