"""What becomes of a row when it is delivered."""

import logging
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import create_engine, select

from bot.errors import Unavailable
from handlers.ledger.tables import consent
from handlers.outbox.parcel import Delivery, Unsure
from handlers.outbox.rows import ASK_AFTER, LEASE, MOST_ATTEMPTS
from handlers.people.consent import may_send, record
from tests.outbox.desk import ANA, WORDS, Desk, Hand, failing, refusing


def test_a_text_goes_to_its_carrier_and_is_sent(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand(lambda delivery: "SM1")
    assert desk.deliver(row_id, hand) == "sent"
    (delivery,) = hand.carried
    assert (delivery.id, delivery.attempts, delivery.unsure_since) == (row_id, 1, None)
    assert (delivery.parcel.recipient, delivery.parcel.body) == (ANA.reveal(), {"text": WORDS})
    row = desk.row(row_id)
    assert (row.state, row.provider_id, row.done_at) == ("sent", "SM1", desk.clock.now())


def test_what_was_sent_keeps_neither_words_nor_number(desk: Desk) -> None:
    row_id = desk.put()
    desk.deliver(row_id, Hand())
    assert (desk.row(row_id).body, desk.row(row_id).recipient) == (None, None)


def test_every_end_is_observed(desk: Desk) -> None:
    desk.deliver(desk.put("one"), Hand())
    desk.deliver(desk.put("two", kind="email", recipient="ana@example.org"), refusing("smtp 550"))
    assert desk.observed == [("text", "sent"), ("email", "dead")]


@pytest.mark.parametrize("put", [Desk.put, Desk.put_key])
def test_a_row_that_is_done_is_skipped(desk: Desk, put: "type[Desk.put]") -> None:
    row_id, again = put(desk), Hand()
    desk.deliver(row_id, Hand())
    assert desk.deliver(row_id, again) == "skipped"
    assert again.carried == []


def test_a_row_that_is_not_there_is_skipped(desk: Desk) -> None:
    assert desk.deliver(12345, Hand()) == "skipped"


def test_when_the_counterpart_is_away_it_is_tried_again_later(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand(failing(Unavailable("Twilio is busy")))
    assert desk.deliver(row_id, hand) == "later"
    row = desk.row(row_id)
    assert (row.state, row.attempts, row.error) == ("waiting", 1, "Twilio is busy")
    assert timedelta(seconds=2.5) <= row.due_at - desk.clock.now() <= timedelta(seconds=5)
    assert desk.deliver(row_id, hand) == "skipped"
    desk.clock.pass_time(seconds=5)
    assert desk.deliver(row_id, Hand()) == "sent"


def test_a_key_that_surely_was_not_taken_is_tried_again(desk: Desk) -> None:
    row_id = desk.put_key()
    desk.deliver(row_id, Hand(failing(Unavailable("Twilio is busy"))))
    desk.clock.pass_time(seconds=5)
    assert desk.deliver(row_id, Hand()) == "sent"


def test_after_the_last_try_it_is_a_dead_letter(desk: Desk) -> None:
    row_id = desk.put()
    desk.change(row_id, attempts=MOST_ATTEMPTS - 1)
    assert desk.deliver(row_id, Hand(failing(Unavailable("Twilio is busy")))) == "dead"
    assert (desk.row(row_id).state, desk.row(row_id).error) == ("dead", "Twilio is busy")


def test_a_row_that_kills_its_workers_ends_as_a_dead_letter(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand()
    desk.change(row_id, attempts=MOST_ATTEMPTS, leased_until=desk.clock.now())
    assert desk.deliver(row_id, hand) == "dead"
    assert hand.carried == []


def test_a_refusal_makes_a_dead_letter_and_one_line_in_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    row_id = desk.put()
    with caplog.at_level(logging.INFO):
        assert desk.deliver(row_id, refusing("filtered by the carrier")) == "dead"
    assert [(record.getMessage(), record.row) for record in caplog.records] == [  # type: ignore[attr-defined]
        ("outbox row is dead: filtered by the carrier (text, receipt)", row_id)
    ]


def test_a_kind_that_nothing_carries_is_a_dead_letter(desk: Desk) -> None:
    row_id = desk.put(kind="pigeon")
    assert desk.deliver(row_id, Hand()) == "dead"


def test_a_body_that_was_tampered_with_is_a_dead_letter(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand()
    desk.change(row_id, body=b"not what was sealed here at all")
    assert desk.deliver(row_id, hand) == "dead"
    assert hand.carried == []


def test_a_dead_key_is_erased(desk: Desk) -> None:
    row_id = desk.put_key()
    desk.deliver(row_id, refusing("not a mobile number"))
    assert (desk.row(row_id).body, desk.row(row_id).recipient) == (None, None)


def test_nothing_is_sent_to_who_opted_out_a_moment_ago(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand()
    with desk.engine.begin() as connection:
        record(connection, "prairie", ANA.reveal(), "all", False, desk.clock.now(), "SM1")
    assert desk.deliver(row_id, hand) == "dropped"
    assert hand.carried == []
    assert (desk.row(row_id).error, desk.row(row_id).recipient) == ("opted out", None)


def test_an_email_is_not_held_back_by_an_opt_out_of_texts(desk: Desk) -> None:
    row_id = desk.put(kind="email", recipient="ana@example.org")
    with desk.engine.begin() as connection:
        record(connection, "prairie", ANA.reveal(), "all", False, desk.clock.now(), "SM1")
    assert desk.deliver(row_id, Hand()) == "sent"


def test_an_opt_out_that_only_twilio_knew_of_is_written_down(desk: Desk) -> None:
    row_id = desk.put()
    assert desk.deliver(row_id, refusing("opted out")) == "dropped"
    with desk.engine.begin() as connection:
        assert not may_send(connection, "prairie", ANA.reveal(), "notice")
        assert connection.scalar(select(consent.c.message_id)) == f"outbox:{row_id}"


def test_what_expired_while_it_waited_is_dropped(desk: Desk) -> None:
    row_id, hand = desk.put_key(), Hand()
    desk.clock.pass_time(minutes=10)
    assert desk.deliver(row_id, hand) == "dropped"
    assert hand.carried == []


def test_after_a_lost_answer_a_text_is_asked_about_two_minutes_later(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand(failing(Unsure()))
    made = desk.clock.now()
    assert desk.deliver(row_id, hand) == "unsure"
    assert desk.row(row_id).due_at == made + ASK_AFTER
    desk.clock.pass_time(minutes=2)
    asking = Hand(lambda delivery: "SM7")
    assert desk.deliver(row_id, asking) == "sent"
    assert asking.carried[0].unsure_since == made


def test_once_unsure_it_stays_so_though_the_next_try_surely_failed(desk: Desk) -> None:
    row_id = desk.put()
    desk.deliver(row_id, Hand(failing(Unsure())))
    desk.clock.pass_time(minutes=2)
    assert desk.deliver(row_id, Hand(failing(Unavailable("Twilio is busy")))) == "later"
    assert desk.row(row_id).state == "unsure"


def test_after_a_lost_answer_a_key_is_never_sent_again(desk: Desk) -> None:
    row_id, again = desk.put_key(), Hand()
    assert desk.deliver(row_id, Hand(failing(Unsure()))) == "unsure"
    row = desk.row(row_id)
    assert (row.state, row.done_at, row.body) == ("unsure", desk.clock.now(), None)
    desk.clock.pass_time(minutes=5)
    assert desk.deliver(row_id, again) == "skipped"
    assert again.carried == []


def crash(desk: Desk, row_id: int) -> None:
    """A worker dies with the row in its hands."""
    with pytest.raises(KeyboardInterrupt):
        desk.deliver(row_id, Hand(failing(KeyboardInterrupt())))


def test_a_row_whose_worker_died_is_nobodys_until_the_lease_is_over(desk: Desk) -> None:
    row_id = desk.put()
    crash(desk, row_id)
    assert desk.deliver(row_id, Hand()) == "skipped"


def test_a_text_whose_worker_died_is_asked_about(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand()
    crash(desk, row_id)
    desk.clock.pass_time(seconds=LEASE.total_seconds())
    assert desk.deliver(row_id, hand) == "sent"
    assert hand.carried[0].unsure_since is not None


def test_a_key_whose_worker_died_is_not_sent_again(desk: Desk) -> None:
    row_id, hand = desk.put_key(), Hand()
    crash(desk, row_id)
    desk.clock.pass_time(seconds=LEASE.total_seconds())
    assert desk.deliver(row_id, hand) == "unsure"
    assert hand.carried == []


def test_no_lock_is_held_while_the_carrier_works(desk: Desk) -> None:
    other = desk.put("another row")
    row_id = desk.put()

    def write_meanwhile(_delivery: Delivery) -> str:
        desk.change(row_id, delivery="sent")
        desk.change(other, delivery="sent")
        return "SM1"

    assert desk.deliver(row_id, Hand(write_meanwhile)) == "sent"


def test_a_worker_that_was_overtaken_changes_nothing_any_more(desk: Desk) -> None:
    row_id = desk.put()

    def so_slow(_delivery: Delivery) -> str:
        desk.clock.pass_time(seconds=LEASE.total_seconds())
        assert desk.deliver(row_id, Hand(lambda delivery: "SM of the other")) == "sent"
        return "SM of the slow one"

    assert desk.deliver(row_id, Hand(so_slow)) == "overtaken"
    assert desk.row(row_id).provider_id == "SM of the other"


def test_a_row_in_the_hands_of_one_worker_is_skipped_by_another(desk: Desk) -> None:
    row_id, inside, go_on, second = desk.put(), Event(), Event(), Hand()

    def hold(_delivery: Delivery) -> str:
        inside.set()
        go_on.wait(30)
        return "SM1"

    first = Thread(target=desk.deliver, args=(row_id, Hand(hold)))
    first.start()
    inside.wait(30)
    outcome = desk.deliver(row_id, second)
    go_on.set()
    first.join()
    assert (outcome, second.carried, desk.row(row_id).provider_id) == ("skipped", [], "SM1")


def test_of_workers_that_start_together_one_carries(desk: Desk) -> None:
    row_id, hand, start = desk.put_key(), Hand(), Barrier(4)
    outcomes: list[str] = []

    def work() -> None:
        start.wait()
        outcomes.append(desk.deliver(row_id, hand))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["sent", "skipped", "skipped", "skipped"]
    assert len(hand.carried) == 1


def test_without_sql_the_worker_says_unavailable() -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        Desk(nowhere).deliver(1, Hand())
