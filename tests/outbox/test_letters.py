"""What an operator sees of dead letters, and can do."""

from handlers.outbox.letters import DeadLetter, dead_letters, doubt, revive
from tests.outbox.desk import ANA, WORDS, Desk, Hand, refusing


def test_a_dead_letter_shows_why_and_neither_words_nor_number(desk: Desk) -> None:
    made = desk.clock.now()
    row_id = desk.put()
    desk.deliver(row_id, refusing("filtered by the carrier"))
    (letter,) = dead_letters(desk.engine)
    assert letter == DeadLetter(row_id, "text", "receipt", 1, "filtered by the carrier", made)
    assert ANA.value not in repr(letter)
    assert WORDS not in repr(letter)


def test_what_is_alive_or_done_is_no_dead_letter(desk: Desk) -> None:
    desk.put("waits")
    desk.deliver(desk.put("went"), Hand())
    assert dead_letters(desk.engine) == []


def test_the_newest_dead_letters_come_first(desk: Desk) -> None:
    rows = [desk.put(f"row {number}") for number in range(3)]
    for row_id in rows:
        desk.deliver(row_id, refusing("filtered by the carrier"))
    assert [letter.id for letter in dead_letters(desk.engine, limit=2)] == [rows[2], rows[1]]


def test_a_revived_letter_is_sent_after_asking(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand()
    desk.deliver(row_id, refusing("filtered by the carrier"))
    assert revive(desk.engine, row_id, desk.clock)
    assert desk.sweep() == [row_id]
    assert desk.deliver(row_id, hand) == "sent"
    assert hand.carried[0].parcel.body == {"text": WORDS}
    assert hand.carried[0].unsure_since is not None


def test_a_key_is_not_revived(desk: Desk) -> None:
    row_id = desk.put_key()
    desk.deliver(row_id, refusing("not a mobile number"))
    assert not revive(desk.engine, row_id, desk.clock)


def test_what_is_not_dead_is_not_revived(desk: Desk) -> None:
    row_id = desk.put()
    desk.deliver(row_id, Hand())
    assert not revive(desk.engine, row_id, desk.clock)
    assert desk.row(row_id).state == "sent"


def test_after_a_restore_what_waits_is_asked_about_before_it_is_sent(desk: Desk) -> None:
    row_id, hand = desk.put(), Hand()
    assert doubt(desk.engine) == 1
    assert desk.deliver(row_id, hand) == "sent"
    assert hand.carried[0].unsure_since is not None


def test_after_a_restore_a_key_that_waited_is_not_sent(desk: Desk) -> None:
    row_id, hand = desk.put_key(), Hand()
    doubt(desk.engine)
    desk.deliver(row_id, hand)
    assert (hand.carried, desk.row(row_id).state) == ([], "unsure")


def test_after_a_restore_what_was_done_stays_done(desk: Desk) -> None:
    desk.deliver(desk.put(), Hand())
    assert doubt(desk.engine) == 0
