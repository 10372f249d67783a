"""Whether somebody may be written to (RULES W1 to W4, W11)."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, text

from handlers.people import consent

ELI = "sms:+12175550115"
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
LATER = datetime(2027, 2, 1, tzinfo=UTC)


class Book:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.at = NOW
        self.said = 0

    def say(self, given: bool, category: str = "all", address: str = ELI, utility: str = "prairie") -> str:
        """Say it in a new message; its id."""
        self.said += 1
        return self.say_again(f"SM{self.said}", given, category, address, utility)

    def say_again(
        self, message: str, given: bool, category: str = "all", address: str = ELI, utility: str = "prairie"
    ) -> str:
        self.at += timedelta(minutes=1)
        with self.engine.begin() as connection:
            consent.record(connection, utility, address, category, given, self.at, message)
        return message

    def open_to(self, address: str = ELI) -> list[str]:
        with self.engine.begin() as connection:
            return [
                category
                for category in ("key", "receipt", "link", "reminder")
                if consent.may_send(connection, "prairie", address, category)
            ]


@pytest.fixture
def book(engine: Engine) -> Book:
    return Book(engine)


def test_who_never_said_a_word_may_be_written_to(book: Book) -> None:
    assert book.open_to() == ["key", "receipt", "link", "reminder"]


def test_who_opted_out_of_everything_gets_nothing_not_even_keys(book: Book) -> None:
    book.say(False)

    assert book.open_to() == []


def test_who_opted_in_again_gets_everything_again(book: Book) -> None:
    book.say(False)
    book.say(True)

    assert book.open_to() == ["key", "receipt", "link", "reminder"]


def test_the_last_word_counts_however_often_it_was_said(book: Book) -> None:
    for given in (True, True, False, False):
        book.say(given)

    assert book.open_to() == []


def test_a_yes_that_is_replayed_a_day_later_undoes_no_newer_no(book: Book) -> None:
    captured = book.say(True)
    book.say(False)
    book.at += timedelta(hours=25)
    book.say_again(captured, True)

    assert book.open_to() == []


def test_one_message_may_speak_of_many_categories_utilities_and_addresses(book: Book) -> None:
    message = book.say(False, "reminder")
    book.say_again(message, False, "receipt")
    book.say_again(message, False, utility="lakeside")
    book.say_again(message, False, address="sms:+12175550116")

    assert book.open_to() == ["key", "link"]
    assert book.open_to("sms:+12175550116") == []


def test_of_two_words_in_one_instant_the_later_written_counts(book: Book) -> None:
    book.say(True)
    book.at -= timedelta(minutes=1)
    book.say(False)

    assert book.open_to() == []


def test_opting_out_of_one_category_leaves_the_others_until_2027(book: Book) -> None:
    book.say(False, "reminder")

    assert book.open_to() == ["key", "receipt", "link"]


def test_opting_out_of_one_category_is_opting_out_of_all_from_31_january_2027(book: Book) -> None:
    book.at = LATER
    book.say(False, "reminder")

    assert book.open_to() == []


def test_what_was_said_before_that_day_keeps_its_meaning_after_it(book: Book) -> None:
    book.say(False, "reminder")
    book.at = LATER
    book.say(True, "receipt")

    assert book.open_to() == ["key", "receipt", "link"]


def test_opting_in_after_that_day_undoes_it(book: Book) -> None:
    book.at = LATER
    book.say(False, "reminder")
    book.say(True)

    assert book.open_to() == ["key", "receipt", "link", "reminder"]


def test_one_persons_word_is_not_anothers(book: Book) -> None:
    book.say(False)

    assert book.open_to("sms:+12175550116") == ["key", "receipt", "link", "reminder"]


def test_one_utilitys_word_is_not_anothers(book: Book) -> None:
    book.say(False, utility="lakeside")

    assert book.open_to() == ["key", "receipt", "link", "reminder"]


def test_replays_that_an_older_version_wrote_down_are_forgotten(book: Book, engine: Engine) -> None:
    captured = book.say(True)
    book.say(False)
    again = text(
        "insert into consent (utility, address, category, given, at, message_id)"
        " select utility, address, category, given, :at, message_id from consent where message_id = :captured"
    )
    with engine.begin() as connection:
        connection.execute(text("drop index ix_consent_utility_address_message_id_category"))
        connection.execute(again, {"at": "2026-11-24 18:00:00.000000+00:00", "captured": captured})
        with Operations.context(MigrationContext.configure(connection)):
            import_module("handlers.ledger.migrations.versions.0005_consent_once").upgrade()

    assert book.open_to() == []
