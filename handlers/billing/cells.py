"""What a cell of a billing file may say: from text to what it means, or BadCell with the reason in plain words."""

import re
from datetime import date

import phonenumbers

from bot.money import Money
from bot.names import Phone
from bot.utility import AccountForm
from handlers.billing.sheet import BadCell, Reader

_EMAIL = re.compile(r"[^@\s<>()\[\]\\,;:\"]+@[^@\s<>()\[\]\\,;:\".]+(\.[^@\s<>()\[\]\\,;:\".]+)+")
_PHONE = re.compile(r"\+?[0-9 ().\-/]{7,24}", re.ASCII)
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]+", re.ASCII | re.IGNORECASE)


def optional(reader: Reader) -> Reader:
    """An empty cell means None."""
    return lambda text: reader(text) if text else None


def words(most: int, *, empty: bool = False) -> Reader:
    """Free text of at most so many characters, on one line."""

    def read(text: str) -> str:
        flat = " ".join(text.split())
        if not flat and not empty:
            raise BadCell("it is empty")
        if len(flat) > most:
            raise BadCell(f"it is longer than {most} characters")
        return flat

    return read


def one_of(*choices: str) -> Reader:
    """One of a few words."""

    def read(text: str) -> str:
        if text not in choices:
            raise BadCell(f"it must be one of: {', '.join(choices)}")
        return text

    return read


def account_number(form: AccountForm) -> Reader:
    """An account number as the utility prints it. Text: a file that lost leading zeros is told so, not guessed at."""

    def read(text: str) -> str:
        if _SHORTENED.fullmatch(text):
            raise BadCell("a spreadsheet has shortened it; format the column as text and export again")
        if not re.fullmatch("[0-9]+", text):
            raise BadCell(f"an account number is {form.digits} digits")
        if len(text) < form.digits:
            raise BadCell(f"it has {len(text)} digits and needs {form.digits}; leading zeros may have been lost")
        if len(text) > form.digits:
            raise BadCell(f"it has {len(text)} digits and must have {form.digits}")
        return text

    return read


def phone(region: str) -> Reader:
    """A phone number in E.164, or as people of that country (ISO 3166) write it. Gives E.164."""

    def read(text: str) -> str:
        if _SHORTENED.fullmatch(text):
            raise BadCell("a spreadsheet has shortened it; format the column as text and export again")
        if not _PHONE.fullmatch(text):
            raise BadCell("not a phone number")
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            raise BadCell("not a phone number") from None
        possible = phonenumbers.is_possible_number_with_reason(number)
        if possible == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            raise BadCell("the area code is missing")
        if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
            raise BadCell("not a phone number that can exist")
        return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)).reveal()

    return read


def email(text: str) -> str:
    """An email address, by its shape."""
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadCell("not an email address")
    return text


def zip_code(text: str) -> str:
    """A ZIP, with or without the four digits behind it."""
    if re.fullmatch("[0-9]{3,4}", text):
        raise BadCell("a ZIP has 5 digits; leading zeros may have been lost")
    if not re.fullmatch("[0-9]{5}(-[0-9]{4})?", text):
        raise BadCell("a ZIP is written like 62701 or 62701-1234")
    return text


def day(text: str) -> date:
    """A date, ISO 8601."""
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadCell("a date is written like 2026-11-14") from None


def amount(currency: str) -> Reader:
    """A sum of money as decimal text, in minor units."""

    def read(text: str) -> int:
        try:
            return Money.parse(text, currency).minor
        except ValueError as bad:
            raise BadCell(str(bad)) from None

    return read


def quantity(text: str) -> str:
    """How much was used: decimal text, kept as it is written. Below zero: more was fed in than used."""
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise BadCell("a quantity is written like 512 or 512.5")
    return text
