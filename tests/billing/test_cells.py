"""Each cell means one thing, or a reason is given that does not repeat it."""

from datetime import date
from typing import Any

import pytest

from bot.utility import AccountForm
from handlers.billing import cells
from handlers.billing.sheet import BadCell, Reader

number = cells.account_number(AccountForm(digits=10, example="0012345678"))
mobile = cells.phone("US")
dollars = cells.amount("USD")


@pytest.mark.parametrize(
    ("reader", "text", "meaning"),
    [
        (number, "0012345678", "0012345678"),
        (mobile, "+12175550111", "+12175550111"),
        (mobile, "(217) 555-0111", "+12175550111"),
        (mobile, "217.555.0111", "+12175550111"),
        (mobile, "+52 55 5555 0111", "+525555550111"),
        (cells.email, "ana@example.org", "ana@example.org"),
        (cells.email, "o'neil+bills@mail.example.org", "o'neil+bills@mail.example.org"),
        (cells.zip_code, "62701", "62701"),
        (cells.zip_code, "02134-1234", "02134-1234"),
        (cells.day, "2026-11-14", date(2026, 11, 14)),
        (dollars, "84.20", 8420),
        (dollars, "-12.00", -1200),
        (dollars, "0.00", 0),
        (cells.quantity, "512", "512"),
        (cells.quantity, "-3.125", "-3.125"),
        (cells.one_of("en", "es"), "es", "es"),
        (cells.words(20), "  Ana \n Lu ", "Ana Lu"),
        (cells.optional(dollars), "", None),
        (cells.optional(dollars), "1.00", 100),
    ],
)
def test_a_cell_means(reader: Reader, text: str, meaning: Any) -> None:
    assert reader(text) == meaning


@pytest.mark.parametrize(
    ("reader", "text", "reason"),
    [
        (number, "12345678", "it has 8 digits and needs 10; leading zeros may have been lost"),
        (number, "00123456789", "it has 11 digits and must have 10"),
        (number, "1.23457E+09", "a spreadsheet has shortened it; format the column as text and export again"),
        (number, "00-1234-5678", "an account number is 10 digits"),
        (number, "٠٠١٢٣٤٥٦٧٨", "an account number is 10 digits"),
        (number, "", "an account number is 10 digits"),
        (mobile, "555-0111", "the area code is missing"),
        (mobile, "+1217555", "not a phone number that can exist"),
        (mobile, "1.21756E+10", "a spreadsheet has shortened it; format the column as text and export again"),
        (mobile, "none", "not a phone number"),
        (mobile, "2175550111 x5", "not a phone number"),
        (mobile, "+999 5550111222", "not a phone number"),
        (mobile, "٢١٧٥٥٥٠١١١", "not a phone number"),
        (cells.email, "ana@", "not an email address"),
        (cells.email, "ana@example", "not an email address"),
        (cells.email, "ana@example..org", "not an email address"),
        (cells.email, "Ana <ana@example.org>", "not an email address"),
        (cells.email, "a@b.org,c@d.org", "not an email address"),
        (cells.email, f"{'a' * 250}@b.org", "not an email address"),
        (cells.zip_code, "2134", "a ZIP has 5 digits; leading zeros may have been lost"),
        (cells.zip_code, "K1A 0B1", "a ZIP is written like 62701 or 62701-1234"),
        (cells.day, "11/14/2026", "a date is written like 2026-11-14"),
        (cells.day, "20261114", "a date is written like 2026-11-14"),
        (cells.day, "2026-02-30", "a date is written like 2026-11-14"),
        (cells.day, "0000-01-01", "a date is written like 2026-11-14"),
        (dollars, "84.2", "an amount is written like 84.20"),
        (dollars, "1,084.20", "an amount is written like 84.20"),
        (dollars, "$84.20", "an amount is written like 84.20"),
        (dollars, "NaN", "an amount is written like 84.20"),
        (dollars, "", "an amount is written like 84.20"),
        (cells.quantity, "1e3", "a quantity is written like 512 or 512.5"),
        (cells.one_of("en", "es"), "fr", "it must be one of: en, es"),
        (cells.words(3), "Anna", "it is longer than 3 characters"),
        (cells.words(3), " \n", "it is empty"),
    ],
)
def test_a_cell_is_refused(reader: Reader, text: str, reason: str) -> None:
    with pytest.raises(BadCell) as caught:
        reader(text)

    assert str(caught.value) == reason
