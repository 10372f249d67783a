"""What holds for every turn, whatever is talked about: repeats, limits, consent, outages."""

from contextlib import contextmanager

import pytest

from bot.conversation import Conversation
from bot.errors import Unavailable
from bot.message import Message
from bot.names import Address
from bot.ports import Visit
from flows import FLOWS
from tests.transcript import CAST

ANA, ELI = CAST["Ana"], CAST["Eli"]
SAYS_STOPPED = "you will get no more texts"


def say(stage, *words, phone=ANA):
    """Text each of these; the last answer."""
    answers = [stage.say(phone, word) for word in words]
    return answers[-1]


def sid(number):
    return f"SM{number:032x}"


def test_a_repeat_gets_the_first_answer_and_makes_no_second_payment(routes_stage):
    say(routes_stage, "PAY", "1", "50")
    first = routes_stage.answer(ANA, "1", sid(900))
    requests = len(routes_stage.sandbox.requests)

    assert routes_stage.answer(ANA, "1", sid(900)) == first
    assert len(routes_stage.sandbox.requests) == requests


def test_a_confirmation_repeated_after_days_makes_no_second_payment(routes_stage):
    say(routes_stage, "PAY", "1", "50")
    routes_stage.answer(ANA, "1", sid(900))
    routes_stage.clock.pass_time(days=3)
    say(routes_stage, "PAY", "1", "50")

    said = routes_stage.answer(ANA, "1", sid(900))

    assert "that payment is over" in said[0]


def test_the_twenty_first_message_of_a_minute_is_told_to_slow_down_and_then_there_is_silence(engine_stage):
    answers = [engine_stage.say(ANA, word) for _ in range(11) for word in ("MENU", "PAY")]
    assert all(answers[:20])
    assert "Please wait 10 minutes" in answers[20][0]
    assert answers[21] == ()


def test_help_and_stop_are_never_limited(engine_stage):
    for _ in range(25):
        engine_stage.say(ANA, "MENU")
    assert "pay a bill by text" in say(engine_stage, "HELP")[0]
    assert SAYS_STOPPED in say(engine_stage, "STOP")[0]


def test_two_robots_talking_fall_silent(engine_stage):
    said = "Thank you for your message. We will get back to you."
    answers = []
    for _ in range(30):
        answers.append(engine_stage.say(ANA, said))
        engine_stage.clock.pass_time(seconds=10)
    assert len([answer for answer in answers if answer]) <= 10
    assert answers[-1] == ()


def test_the_same_answer_is_given_three_times_in_a_row_at_most(engine_stage):
    say(engine_stage, "MENU")  # greets, and so reads otherwise
    assert [len(engine_stage.say(ANA, "MENU")) for _ in range(5)] == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(("said", "opted_out"), [("STOP", True), ("START", False)])
def test_what_the_carrier_answered_is_recorded_and_not_answered_again(engine_stage, said, opted_out):
    say(engine_stage, "MENU")
    message = Message(sid(901), Address("sms", ANA), "prairie", said, carrier_answered=said)

    assert engine_stage.program.conversation.hear(message).texts == ()
    person = engine_stage.program.services.people.meet("prairie", Address("sms", ANA))
    assert person.opted_out == opted_out


def test_in_web_chat_cancel_opts_nobody_out(engine_stage):
    visitor = Address("web", "v" * 22)
    reply = engine_stage.program.conversation.hear(Message("m1", visitor, "prairie", "cancel"))
    assert SAYS_STOPPED not in reply.texts[0]
    assert not engine_stage.program.services.people.meet("prairie", visitor).opted_out


def test_an_unreadable_message_changes_nothing(engine_stage):
    say(engine_stage, "PAY", "1")
    reply = engine_stage.program.conversation.hear(
        Message(sid(902), Address("sms", ANA), "prairie", "", readable=False)
    )
    assert "could not read" in reply.texts[0]
    assert "$50.00" in say(engine_stage, "50")[0]


def test_done_forgets_what_was_proved(engine_stage):
    say(engine_stage, "PAY", "0087654321", "5 62701", "BILL", "61.45 12/5", "DONE", phone=ELI)
    assert "What is the account number?" in say(engine_stage, "PAY", phone=ELI)[0]


def test_an_older_link_that_runs_out_does_not_end_the_wait_for_a_newer_one(engine_stage):
    dev = CAST["Dev"]
    say(engine_stage, "PAY", "1", "1", "1", phone=dev)
    engine_stage.clock.pass_time(minutes=14)
    say(engine_stage, "RESTART", "2", "1", "1", phone=dev)

    heard = engine_stage.program.conversation.tell("prairie", Address("sms", dev), "link_expired")

    assert heard is False
    assert "Reply STATUS" in say(engine_stage, "1", phone=dev)[0]


class NoSessions:
    """Sessions that cannot be had: Redis is away."""

    @contextmanager
    def open(self, who, message_id):
        raise Unavailable("Redis is away")
        yield Visit()


@pytest.fixture
def without_sessions(engine_stage):
    program = engine_stage.program
    return Conversation(
        NoSessions(),
        program.services,
        FLOWS,
        program.speech,
        program.utilities,
        program.chance,
        lambda flow, outcome: None,
    )


def test_stop_holds_even_without_sessions(engine_stage, without_sessions):
    stop = Message(sid(903), Address("sms", ANA), "prairie", "please stop texting me")
    assert SAYS_STOPPED in without_sessions.hear(stop).texts[0]
    assert engine_stage.program.services.people.meet("prairie", Address("sms", ANA)).opted_out
    assert without_sessions.hear(stop).texts == ()


def test_anything_else_without_sessions_is_for_the_route_to_answer(without_sessions):
    with pytest.raises(Unavailable):
        without_sessions.hear(Message(sid(904), Address("sms", ANA), "prairie", "PAY"))


def test_a_session_ends_after_four_hours_however_lively(engine_stage):
    say(engine_stage, "PAY", "0087654321", "5 62701", "BILL", "61.45 12/5", phone=ELI)
    for _ in range(24):
        engine_stage.clock.pass_time(minutes=10)
        answer = say(engine_stage, "PAY", phone=ELI)
    assert "What is the account number?" in answer[0]


def test_an_old_unstop_that_comes_again_undoes_no_newer_stop(engine_stage):
    say(engine_stage, "STOP")
    engine_stage.answer(ANA, "UNSTOP", sid(905))
    say(engine_stage, "STOP")
    engine_stage.clock.pass_time(hours=26)

    assert engine_stage.answer(ANA, "UNSTOP", sid(905)) == ()
    assert engine_stage.program.services.people.meet("prairie", Address("sms", ANA)).opted_out


def test_whoever_was_not_understood_for_long_is_answered_as_soon_as_they_are(engine_stage):
    for number in range(12):
        engine_stage.say(ANA, f"bla bla {number}")
    assert engine_stage.say(ANA, "bla") == ()
    assert "Pay for account ...5678?" in say(engine_stage, "PAY")[0]


def test_an_answer_meant_for_a_session_that_grew_too_old_is_not_taken_for_another(engine_stage):
    say(engine_stage, "PAY", "0087654321", phone=ELI)
    for _ in range(24):
        engine_stage.clock.pass_time(minutes=10)
        answer = say(engine_stage, "1", phone=ELI)
    assert "Welcome back" in answer[0]
