"""Web processes and worker are told to end while they work: they finish what they have in hand, and start anew."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.house import House, link_in
from tests.e2e.waiting import until


@pytest.fixture
def whole_again(house: House) -> Iterator[House]:
    """The house, with whatever was stopped in it running again afterwards."""
    yield house
    for program in (house.web, house.worker):
        if program.process and program.process.poll() is not None:
            program.start()
    house.wait_until_ready()


def test_a_turn_in_hand_is_answered_before_the_web_processes_end(whole_again: House) -> None:
    house, payer, answers = whole_again, whole_again.newcomer(), threading.Event()
    for words in ("PAY", "1", "1"):
        house.text(payer.phone, words)
    trouble = house.sandbox.fail_next("stripe", hold=answers, method="POST", path="payment_links")
    with ThreadPoolExecutor() as pool:
        last = pool.submit(house.text, payer.phone, "1")
        assert trouble.begun.wait(20)
        house.web.tell_to_end()
        answers.set()
        assert link_in(last.result())
    assert house.web.finished() == 0


def test_a_text_in_hand_goes_out_before_the_worker_ends(whole_again: House) -> None:
    house, person, answers = whole_again, whole_again.newcomer(), threading.Event()
    for words in ("PAY", person.account):
        house.text(person.friend, words)
    trouble = house.sandbox.fail_next("twilio", hold=answers, method="POST")
    house.text(person.friend, person.address)
    assert trouble.begun.wait(20)
    house.worker.tell_to_end()
    answers.set()
    house.reads(person.phone, "is the key")
    assert house.worker.finished() == 0
    until("the row is done with", lambda: not house.waiting_texts())
