"""Who we know, what language they chose, and whether they want our texts."""

import json

import pytest
from sqlalchemy import Engine, event, select

from bot.names import Address
from bot.ports import Person
from handlers.ledger import tables
from handlers.people.people import SqlPeople
from handlers.sealing import Sealer
from tests.cast import ELIS_PHONE, texting
from tests.fakes import FakeClock
from tests.people.at_once import at_once

ELI = texting(ELIS_PHONE)


def test_somebody_who_writes_for_the_first_time_is_new(people: SqlPeople) -> None:
    assert people.meet("prairie", ELI) == Person(new=True, language=None, opted_out=False)


def test_and_is_new_only_once(people: SqlPeople) -> None:
    people.meet("prairie", ELI)

    assert people.meet("prairie", ELI) == Person(new=False, language=None, opted_out=False)


def test_two_first_messages_at_once_meet_one_new_person(people: SqlPeople) -> None:
    met = at_once(2, lambda _: people.meet("prairie", ELI))

    assert sorted(person.new for person in met) == [False, True]


def test_people_are_known_by_utility_channel_and_address(people: SqlPeople) -> None:
    people.meet("prairie", ELI)

    assert people.meet("lakeside", ELI).new
    assert people.meet("prairie", Address("whatsapp", ELIS_PHONE.reveal())).new


def test_meeting_somebody_known_is_one_query_that_writes_nothing(people: SqlPeople, engine: Engine) -> None:
    people.meet("prairie", ELI)
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    people.meet("prairie", ELI)

    assert [word for word in said if word != "BEGIN"] == ["SELECT"]


def test_a_chosen_language_is_remembered(people: SqlPeople) -> None:
    people.meet("prairie", ELI)
    people.speaks("prairie", ELI, "es")
    assert people.meet("prairie", ELI).language == "es"

    people.speaks("prairie", ELI, "en")
    assert people.meet("prairie", ELI).language == "en"


def test_a_language_chosen_by_somebody_not_met_yet_is_kept(people: SqlPeople) -> None:
    people.speaks("prairie", ELI, "es")

    assert people.meet("prairie", ELI) == Person(new=False, language="es", opted_out=False)


def test_who_opts_out_is_opted_out_until_they_opt_in(people: SqlPeople) -> None:
    people.opt_out("prairie", ELI, "SM1")
    assert people.meet("prairie", ELI).opted_out

    people.opt_in("prairie", ELI, "SM2")
    assert not people.meet("prairie", ELI).opted_out


def test_an_opt_in_that_is_replayed_opts_nobody_in_again(people: SqlPeople, clock: FakeClock) -> None:
    people.opt_in("prairie", ELI, "SM1")
    people.opt_out("prairie", ELI, "SM2")
    clock.pass_time(hours=25)
    people.opt_in("prairie", ELI, "SM1")

    assert people.meet("prairie", ELI).opted_out


def test_a_first_message_may_be_an_opt_out(people: SqlPeople) -> None:
    people.opt_out("prairie", ELI, "SM1")

    assert people.meet("prairie", ELI) == Person(new=True, language=None, opted_out=True)


def test_saying_it_twice_is_history_and_changes_nothing(people: SqlPeople, engine: Engine, clock: FakeClock) -> None:
    people.opt_out("prairie", ELI, "SM1")
    clock.pass_time(minutes=1)
    people.opt_out("prairie", ELI, "SM2")

    assert people.meet("prairie", ELI).opted_out
    with engine.begin() as connection:
        rows = connection.execute(select(tables.consent).order_by(tables.consent.c.id)).all()
    assert [(row.address, row.category, row.given, row.message_id) for row in rows] == [
        (ELI.reveal(), "all", 0, "SM1"),
        (ELI.reveal(), "all", 0, "SM2"),
    ]
    assert (rows[1].at - rows[0].at).seconds == 60


def test_a_text_to_forget_is_a_chore_for_later(people: SqlPeople, engine: Engine, sealer: Sealer) -> None:
    people.forget_text("prairie", "SM1")
    people.forget_text("prairie", "SM1")

    with engine.begin() as connection:
        row = connection.execute(select(tables.outbox)).one()
    assert (row.kind, row.category, row.recipient, row.utility) == ("forget_text", "chore", None, "prairie")
    assert json.loads(sealer.open(row.body, f"outbox:{row.cause}")) == {"message": "SM1"}


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_nothing_printed_shows_the_number(people: SqlPeople, channel: str) -> None:
    who = Address(channel, ELIS_PHONE.reveal())  # type: ignore[arg-type]

    assert ELIS_PHONE.reveal() not in repr(people.meet("prairie", who)) + repr(who)
