"""What Twilio says became of a text: in any order, any number of times."""

from itertools import permutations

import pytest
from sqlalchemy import func, select

from bot.errors import Refused
from handlers.ledger.tables import text_status
from handlers.outbox.parcel import Unsure
from handlers.people.consent import may_send
from handlers.sms.status import record_status
from tests.outbox.desk import ANA, Desk, Hand, failing

SID = "SM" + "a" * 32


def tell(desk: Desk, status: str, row_id: int | None = None, error: str | None = None) -> None:
    record_status(desk.engine, desk.clock, sid=SID, status=status, error_code=error, outbox_id=row_id, to=ANA)


def sent(desk: Desk) -> int:
    row_id = desk.put()
    desk.deliver(row_id, Hand(lambda delivery: SID))
    return row_id


@pytest.mark.parametrize("known_by", ["our id", "its id alone"])
def test_a_status_is_the_carriers_word_on_a_text(desk: Desk, known_by: str) -> None:
    row_id = sent(desk)
    tell(desk, "delivered", row_id if known_by == "our id" else None)
    assert desk.row(row_id).delivery == "delivered"


@pytest.mark.parametrize("order", list(permutations(("queued", "sent", "delivered"))))
def test_in_any_order_the_last_word_is_delivered(desk: Desk, order: tuple[str, ...]) -> None:
    row_id = sent(desk)
    for status in order:
        tell(desk, status, row_id)
    assert desk.row(row_id).delivery == "delivered"


@pytest.mark.parametrize("final", ["delivered", "undelivered", "failed"])
@pytest.mark.parametrize("later", ["queued", "sending", "sent", "delivered", "undelivered", "failed"])
def test_a_final_word_stays(desk: Desk, final: str, later: str) -> None:
    row_id = sent(desk)
    tell(desk, final, row_id)
    tell(desk, later, row_id)
    assert desk.row(row_id).delivery == final


def test_the_same_status_again_is_kept_once(desk: Desk) -> None:
    row_id = sent(desk)
    for _ in range(3):
        tell(desk, "sent", row_id)
    with desk.engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(text_status)) == 1


def test_a_status_that_twilio_may_invent_tomorrow_changes_nothing(desk: Desk) -> None:
    row_id = sent(desk)
    tell(desk, "teleported", row_id)
    assert desk.row(row_id).delivery is None


def test_a_status_of_a_text_that_is_not_ours_changes_nothing(desk: Desk) -> None:
    row_id = desk.put()
    tell(desk, "delivered")
    assert desk.row(row_id).delivery is None


def test_why_a_text_did_not_arrive_is_kept_as_a_word(desk: Desk) -> None:
    row_id = sent(desk)
    tell(desk, "undelivered", row_id, "30003")
    assert (desk.row(row_id).delivery, desk.row(row_id).error) == ("undelivered", "unreachable")


@pytest.mark.parametrize("put", [Desk.put, Desk.put_key])
def test_an_unsure_text_that_is_heard_of_was_sent(desk: Desk, put: "type[Desk.put]") -> None:
    row_id = put(desk)
    desk.deliver(row_id, Hand(failing(Unsure())))
    tell(desk, "queued", row_id)
    row = desk.row(row_id)
    assert (row.state, row.provider_id, row.body, row.recipient) == ("sent", SID, None, None)


def test_a_text_that_is_heard_of_while_its_worker_waits_for_the_answer_is_sent_once(desk: Desk) -> None:
    row_id = desk.put()

    def heard_of_first(_delivery: object) -> str:
        tell(desk, "sent", row_id)
        raise Unsure

    assert desk.deliver(row_id, Hand(heard_of_first)) == "overtaken"
    assert (desk.row(row_id).state, desk.row(row_id).delivery) == ("sent", "sent")


def test_a_text_that_never_went_out_is_not_called_sent(desk: Desk) -> None:
    row_id = desk.put()
    tell(desk, "sent", row_id)
    assert desk.row(row_id).state == "waiting"


def test_a_dead_letter_stays_dead(desk: Desk) -> None:
    row_id = desk.put()
    desk.deliver(row_id, Hand(failing(Refused("filtered by the carrier"))))
    tell(desk, "sent", row_id)
    assert desk.row(row_id).state == "dead"


def test_the_error_of_an_opt_out_is_written_down_as_one(desk: Desk) -> None:
    row_id = sent(desk)
    tell(desk, "undelivered", row_id, "21610")
    with desk.engine.begin() as connection:
        assert not may_send(connection, "prairie", ANA.reveal(), "receipt")


def test_a_status_touches_no_row_that_is_not_a_text(desk: Desk) -> None:
    row_id = desk.put(kind="make_link", recipient=None, body={"payment": "pay_1"})
    tell(desk, "delivered", row_id)
    assert desk.row(row_id).delivery is None
