"""What brings a key: to whom, in what words, and how a stranger sees the contact (RULES P3, T6)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot import segments
from bot.names import Address, Phone
from bot.ports import KeySent, Locked
from bot.speech import Speech
from handlers.ledger import tables
from handlers.people.contacts import masked_email, masked_phone
from handlers.people.keys import SqlKeys
from handlers.people.people import SqlPeople
from handlers.people.tries import Tries
from tests.cast import ANA, ANAS_PHONE, MARY, MARYS_PHONE, PRAIRIE, texting
from tests.fakes import FakeChance, FakeClock
from tests.people.conftest import COPY
from tests.people.desk import ELI, SESSION, Desk


def test_a_key_goes_to_the_mobile_on_file(desk: Desk, clock: FakeClock) -> None:
    assert desk.send(MARY) == KeySent("(***) ***-0116")

    row = desk.parcels()[0]
    assert (row.kind, row.category, row.utility) == ("text", "key", "prairie")
    assert row.recipient == texting(MARYS_PHONE).reveal()
    assert (row.due_at, row.expires_at) == (clock.now(), clock.now() + timedelta(minutes=10))


def test_a_key_goes_to_the_email_on_file(desk: Desk, clock: FakeClock) -> None:
    assert desk.send(MARY, by="email") == KeySent("m***@example.org")

    row = desk.parcels()[0]
    assert (row.kind, row.category, row.recipient) == ("email", "key", "mary@example.org")
    assert row.expires_at == clock.now() + timedelta(hours=1)


def test_the_words_in_english(desk: Desk, people: SqlPeople) -> None:
    people.meet("prairie", texting(ANAS_PHONE))
    sent = desk.sent_key(ANA)

    assert desk.letters() == [
        {
            "text": f"Prairie Light & Gas: {sent} is the key to your bill, asked for by phone ...0115. "
            "Share it only with whoever pays for you, or ignore it. Good for 10 min."
        }
    ]


def test_the_first_text_to_a_phone_says_how_to_get_help_and_stop(desk: Desk, clock: FakeClock) -> None:
    for _ in range(2):
        desk.sent_key(ANA)
        clock.pass_time(minutes=1)

    first, second = (letter["text"] for letter in desk.letters())
    assert first.endswith("Good for 10 min. Msg & data rates may apply. HELP for help, STOP to stop.")
    assert second.endswith("Good for 10 min.")


def test_who_was_sent_a_key_is_no_stranger_any_more(desk: Desk, people: SqlPeople) -> None:
    desk.sent_key(ANA)

    assert not people.meet("prairie", texting(ANAS_PHONE)).new
    assert people.meet("lakeside", texting(ANAS_PHONE)).new


def test_an_email_says_nothing_of_texts(desk: Desk, people: SqlPeople) -> None:
    desk.sent_key(MARY, by="email")

    assert "STOP" not in desk.letters()[0]["text"]
    assert people.meet("prairie", texting(MARYS_PHONE)).new


def test_a_key_that_is_refused_makes_nobody_known(desk: Desk, people: SqlPeople) -> None:
    desk.guess_wrong(ANA, 5)

    assert isinstance(desk.send(ANA), Locked)
    assert people.meet("prairie", texting(ANAS_PHONE)).new


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_first_text_is_two_segments_at_most(desk: Desk, language: str) -> None:
    with desk.engine.begin() as connection:
        connection.execute(update(tables.account).values(language=language))

    desk.sent_key(ANA)

    measured = segments.count(desk.letters()[0]["text"] + "00")
    assert (measured.segments, measured.encoding) == (2, "GSM-7")


def test_the_words_are_in_the_holders_language(desk: Desk) -> None:
    sent = desk.sent_key(MARY, by="email")

    assert desk.letters() == [
        {
            "subject": "Su clave de Prairie Light & Gas",
            "text": f"Prairie Light & Gas: {sent} es la clave de su factura, pedida por el celular ...0115. "
            "Désela solo a quien paga por usted, o no haga nada. Vale 60 min.",
        }
    ]


def test_a_language_that_the_utility_does_not_speak_is_the_askers(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(update(tables.account).values(language="pl"))

    assert desk.keys.send(desk.account(ANA), ELI, SESSION, "mobile", "es")
    assert "es la clave" in desk.letters()[0]["text"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("who", [ELI, Address("web", "c" * 22)])
def test_a_key_is_one_segment(desk: Desk, language: str, who: Address) -> None:
    with desk.engine.begin() as connection:
        connection.execute(update(tables.account).values(language=language))

    desk.sent_key(ANA, who, by="email")

    longest = desk.letters()[0]["text"] + "00"  # keys have two more digits under alarm
    assert segments.count(longest).segments == 1


def test_where_no_mail_goes_out_no_key_does(desk: Desk, clock: FakeClock, tries: Tries) -> None:
    keys = SqlKeys(
        desk.engine, clock, FakeChance(), desk.sealer, tries, Speech.load(COPY), {"prairie": PRAIRIE}, mail=False
    )

    assert keys.send(desk.account(ANA), ELI, SESSION, "email", "en") is None
    assert keys.send(desk.account(ANA), ELI, SESSION, "mobile", "en")


@pytest.mark.parametrize(
    ("email", "masked"), [("mary@example.org", "m***@example.org"), ('"a@b"@example.org', '"***@example.org')]
)
def test_an_email_shows_its_first_letter_and_its_domain(email: str, masked: str) -> None:
    assert masked_email(email) == masked


def test_a_phone_shows_its_last_four_digits() -> None:
    assert masked_phone(Phone("+12175550116")) == "(***) ***-0116"
