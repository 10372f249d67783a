"""The worker is killed (-9) with texts in its hands, and started again: what is sure to be unsent goes out, once.

Of five texts one waits while there is no worker; Twilio has had two and not answered yet; two never reached it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from handlers.ledger.tables import outbox
from sandbox.troubles import Trouble
from tests.e2e.house import House
from tests.e2e.people import Person
from tests.e2e.waiting import until


@dataclass(frozen=True)
class Aftermath:
    house: House
    key_that_waited: Person
    key_that_twilio_had: Person
    key_that_was_lost: Person
    receipt_that_twilio_had: Person
    receipt_that_was_lost: Person
    left_unsure: int

    def texts(self, who: Person, words: str) -> list[str]:
        return [text for text in self.house.sandbox.received(who.phone) if words in text]


@pytest.fixture(scope="module")
def aftermath(house: House) -> Aftermath:
    answers, unsure_before = threading.Event(), _unsure(house)

    def asks_for_a_key() -> Person:
        person = house.newcomer()
        for words in ("PAY", person.account, person.address):
            house.text(person.friend, words)
        return person

    def pays() -> Person:
        person = house.newcomer()
        house.pay(house.link(person))
        return person

    def caught(person: Callable[[], Person], had: bool) -> Person:
        trouble: Trouble = house.sandbox.fail_next("twilio", hold=answers, lost=True, done=had, method="POST")
        somebody = person()
        assert trouble.begun.wait(30)
        return somebody

    caught_ones = [caught(person, had) for person in (asks_for_a_key, pays) for had in (True, False)]
    house.worker.kill_leader()
    answers.set()
    until("its schedule has ended as well", house.worker.is_gone)
    waited = asks_for_a_key()
    house.worker.start()
    house.reads(waited.phone, "is the key")
    _leases_run_out(house)
    until("every text is done with", lambda: not house.waiting_texts())
    return Aftermath(house, waited, *caught_ones, left_unsure=_unsure(house) - unsure_before)


def _unsure(house: House) -> int:
    return len(house.rows("select id from outbox where state = 'unsure'"))


def _leases_run_out(house: House) -> None:
    """A minute and a half later."""
    with house.engine.begin() as connection:
        held = (outbox.c.leased_until.is_not(None), outbox.c.done_at.is_(None))
        connection.execute(update(outbox).where(*held).values(leased_until=datetime.now(UTC), handed_until=None))


def test_a_key_that_waited_for_the_worker_arrives_once(aftermath: Aftermath) -> None:
    assert len(aftermath.texts(aftermath.key_that_waited, "is the key")) == 1


def test_a_key_that_twilio_had_is_not_sent_again(aftermath: Aftermath) -> None:
    assert len(aftermath.texts(aftermath.key_that_twilio_had, "is the key")) == 1


def test_a_key_that_may_have_been_sent_is_left_unsure(aftermath: Aftermath) -> None:
    assert aftermath.texts(aftermath.key_that_was_lost, "is the key") == []
    assert aftermath.left_unsure == 1


def test_a_receipt_that_twilio_had_is_not_sent_again(aftermath: Aftermath) -> None:
    assert len(aftermath.texts(aftermath.receipt_that_twilio_had, "thank you")) == 1


def test_a_receipt_that_was_lost_is_sent_again(aftermath: Aftermath) -> None:
    assert len(aftermath.texts(aftermath.receipt_that_was_lost, "thank you")) == 1
