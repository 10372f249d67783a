"""Keys: right once, for one person, one account, one conversation, and for a short time (RULES P3, S1)."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError

from bot.errors import Unavailable
from bot.names import Address
from bot.ports import KeySent, Locked
from handlers.ledger import tables
from tests.cast import ANA, ANAS_PHONE, BEN, DEV, DEV_GAS, ELIS_PHONE, GUS, MARY, NOA, texting
from tests.fakes import FakeClock
from tests.people.at_once import at_once
from tests.people.desk import ELI, SESSION, Desk, stranger


def test_the_key_that_was_sent_is_right(desk: Desk) -> None:
    assert desk.check(MARY, desk.sent_key(MARY)) == "right"


def test_another_key_is_wrong(desk: Desk) -> None:
    sent = desk.sent_key(MARY)

    assert desk.check(MARY, "000000" if sent != "000000" else "000001") == "wrong"


def test_a_key_is_right_once(desk: Desk) -> None:
    sent = desk.sent_key(MARY)

    assert [desk.check(MARY, sent) for _ in range(3)] == ["right", "expired", "expired"]


def test_two_right_answers_at_once_give_one_success(desk: Desk) -> None:
    sent = desk.sent_key(MARY)
    account = desk.account(MARY)

    answers = at_once(2, lambda _: desk.keys.check(account, ELI, SESSION, sent))

    assert sorted(map(str, answers)) == ["expired", "right"]


def test_of_many_wrong_answers_at_once_five_are_looked_at(desk: Desk) -> None:
    desk.sent_key(MARY)
    account = desk.account(MARY)

    answers = at_once(8, lambda _: desk.keys.check(account, ELI, SESSION, "none"))

    assert answers.count("wrong") == 4  # the fifth says that it was the last
    assert sum(isinstance(answer, Locked) for answer in answers) == 4
    with desk.engine.begin() as connection:
        assert len(connection.execute(select(tables.attempt.c.id).where(tables.attempt.c.kind == "wrong")).all()) == 5


def test_two_keys_asked_for_at_once_are_one(desk: Desk) -> None:
    account = desk.account(MARY)

    answers = at_once(2, lambda _: desk.keys.send(account, ELI, SESSION, "mobile", "en"))

    assert sorted(answer.just_now for answer in answers) == [False, True]
    assert len(desk.parcels()) == 1


def test_a_key_by_text_lives_ten_minutes(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY)
    clock.pass_time(minutes=9, seconds=59)
    assert desk.check(MARY, sent) == "right"

    sent = desk.sent_key(MARY)
    clock.pass_time(minutes=10)
    assert desk.check(MARY, sent) == "expired"


def test_a_key_by_email_lives_an_hour(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY, by="email")
    clock.pass_time(minutes=59)
    assert desk.check(MARY, sent) == "right"

    sent = desk.sent_key(MARY, by="email")
    clock.pass_time(minutes=60)
    assert desk.check(MARY, sent) == "expired"


def test_a_new_key_kills_the_older(desk: Desk, clock: FakeClock) -> None:
    older = desk.sent_key(MARY)
    clock.pass_time(seconds=30)
    newer = desk.sent_key(MARY)

    assert desk.check(MARY, older) == "expired"
    assert desk.check(MARY, newer) == "right"


def test_a_new_key_in_another_conversation_kills_the_older_too(desk: Desk, clock: FakeClock) -> None:
    older = desk.sent_key(MARY)
    clock.pass_time(seconds=30)
    desk.sent_key(MARY, session="f" * 32)

    assert desk.check(MARY, older) == "expired"


def test_an_expired_key_is_no_wrong_one(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY)
    clock.pass_time(minutes=10)

    assert [desk.check(MARY, sent) for _ in range(6)] == ["expired"] * 6


def test_a_key_is_for_the_conversation_that_asked(desk: Desk) -> None:
    sent = desk.sent_key(MARY)

    assert desk.check(MARY, sent, session="f" * 32) == "expired"
    assert desk.check(MARY, sent) == "right"


def test_a_key_of_an_earlier_conversation_is_no_wrong_one(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY, by="email")
    clock.pass_time(minutes=59)

    assert [desk.check(MARY, sent, session="f" * 32) for _ in range(6)] == ["expired"] * 6


def test_a_key_of_an_earlier_conversation_is_known_for_a_day(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY)
    clock.pass_time(days=1)

    assert desk.check(MARY, sent, session="f" * 32) == "wrong"


def test_a_key_is_for_the_person_who_asked(desk: Desk) -> None:
    assert desk.check(MARY, desk.sent_key(MARY), who=stranger(1)) == "wrong"


def test_the_same_phone_on_whatsapp_is_another_address(desk: Desk) -> None:
    assert desk.check(MARY, desk.sent_key(MARY), who=Address("whatsapp", ELIS_PHONE.reveal())) == "wrong"


def test_a_key_is_for_the_account_it_was_asked_for(desk: Desk) -> None:
    assert desk.check(DEV_GAS, desk.sent_key(DEV)) == "wrong"


def test_a_wrong_answer_leaves_the_key_alive(desk: Desk) -> None:
    sent = desk.sent_key(MARY)
    desk.guess_wrong(MARY, 4)

    assert desk.check(MARY, sent) == "right"


def test_the_fifth_wrong_answer_locks_out_even_the_right_one(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY)
    until = clock.now() + timedelta(hours=1)

    assert desk.guess_wrong(MARY, 5) == ["wrong"] * 4 + [Locked(until)]
    assert desk.check(MARY, sent) == Locked(until)


def test_who_is_locked_out_is_sent_no_key(desk: Desk) -> None:
    desk.sent_key(MARY)
    desk.guess_wrong(MARY, 5)

    assert isinstance(desk.send(MARY), Locked)
    assert len(desk.parcels()) == 1


def test_neither_a_new_key_nor_a_right_one_forgives_wrong_ones(desk: Desk, clock: FakeClock) -> None:
    desk.sent_key(MARY)
    desk.guess_wrong(MARY, 4)
    clock.pass_time(minutes=1)
    assert desk.check(MARY, desk.sent_key(MARY)) == "right"

    assert isinstance(desk.check(MARY, "none"), Locked)


def test_strangers_wrong_keys_do_not_lock_out_the_phone_on_file(desk: Desk) -> None:
    for number in range(10):
        desk.guess_wrong(ANA, 1, stranger(number))

    assert isinstance(desk.send(ANA), Locked)
    assert isinstance(desk.send(ANA, texting(ANAS_PHONE), by="email"), KeySent)


def test_a_second_key_within_half_a_minute_is_the_first_one(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY)
    clock.pass_time(seconds=29)

    assert desk.send(MARY) == KeySent("(***) ***-0116", just_now=True)
    assert len(desk.parcels()) == 1
    assert desk.check(MARY, sent) == "right"


def test_a_second_key_another_way_within_half_a_minute_is_refused(desk: Desk, clock: FakeClock) -> None:
    desk.sent_key(MARY)

    assert desk.send(MARY, by="email") == Locked(clock.now() + timedelta(seconds=30), by="sends")


def test_under_alarm_keys_have_eight_digits(desk: Desk) -> None:
    wrong = {"kind": "wrong", "subject": "somebody's", "at": desk.clock.now()}
    with desk.engine.begin() as connection:
        connection.execute(
            tables.attempt.insert(), [wrong | {"address": f"sms:+1217{number:07d}"} for number in range(1001)]
        )

    sent = desk.sent_key(MARY)

    assert len(sent) == 8
    assert desk.check(MARY, sent) == "right"


def test_without_a_mobile_there_is_no_key_by_text(desk: Desk) -> None:
    assert desk.send(GUS) is None


def test_without_an_email_there_is_no_key_by_email(desk: Desk) -> None:
    assert desk.send(NOA, by="email") is None


@pytest.mark.parametrize("mobile", ["+447911123456", "+18765550123", "+9990000000"])
def test_a_phone_abroad_gets_no_key(desk: Desk, mobile: str) -> None:
    with desk.engine.begin() as connection:
        connection.execute(update(tables.account).values(mobile=mobile))

    assert desk.send(ANA) is None


def test_a_phone_in_canada_gets_one(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(update(tables.account).values(mobile="+15145550123"))

    assert desk.send(ANA) == KeySent("(***) ***-0123")


def test_a_contact_that_cannot_be_used_costs_no_try(desk: Desk) -> None:
    assert [desk.send(GUS) for _ in range(5)] == [None] * 5

    assert isinstance(desk.send(GUS, by="email"), KeySent)


def test_a_holder_who_wants_no_texts_gets_no_key_by_text(desk: Desk) -> None:
    opted_out = {"utility": "prairie", "address": texting(ANAS_PHONE).reveal(), "category": "all", "given": 0}
    with desk.engine.begin() as connection:
        connection.execute(tables.consent.insert().values(**opted_out, at=desk.clock.now(), message_id="SM1"))

    assert desk.send(ANA) is None
    assert isinstance(desk.send(ANA, by="email"), KeySent)


def test_a_key_that_cannot_be_posted_was_never_made(desk: Desk, clock: FakeClock) -> None:
    sent = desk.sent_key(MARY)
    clock.pass_time(minutes=1)
    with desk.engine.begin() as connection:
        tables.outbox.drop(connection)
    with pytest.raises((Unavailable, ProgrammingError), match=r"away|outbox") as caught:
        desk.send(MARY)

    assert desk.check(MARY, sent) == "right"
    with desk.engine.begin() as connection:
        assert len(connection.execute(select(tables.attempt.c.id).where(tables.attempt.c.kind == "sent")).all()) == 1
    assert ELIS_PHONE.reveal() not in str(caught.value)


def test_the_database_holds_no_key_in_clear(desk: Desk) -> None:
    sent = desk.sent_key(MARY)

    with desk.engine.begin() as connection:
        row = connection.execute(select(tables.key)).one()
        parcel = connection.execute(select(tables.outbox)).one()
    assert sent.encode() not in row.hash
    assert sent.encode() not in parcel.body
    assert len(row.hash) == 32


def test_nothing_that_is_logged_or_printed_tells_the_key(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answer = desk.send(MARY)
    desk.guess_wrong(MARY, 6)

    shown = caplog.text + repr(answer) + repr(desk.keys)
    assert desk.letters()[0]["text"][21:27] not in shown
    assert ELIS_PHONE.reveal() not in shown
    assert MARY.reveal() not in shown


def test_an_account_without_a_key_in_flight_takes_no_answer(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(delete(tables.key))

    assert desk.check(BEN, "123456") == "wrong"
