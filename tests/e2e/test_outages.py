"""Valkey, SQL, Stripe or Twilio away: the person reads a kind sentence, nothing is half-done, and it mends itself."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from handlers.sessions import redis_client
from tests.e2e.house import House, link_in
from tests.e2e.people import Person
from tests.e2e.waiting import until
from tests.sql import cluster

KIND = "did not work just now"


@contextmanager
def valkey_away(house: House) -> Iterator[None]:
    """It is shut down, and everything it held is lost."""
    house.valkey.stop()
    try:
        yield
    finally:
        house.valkey.start()
        house.wait_until_ready()


@contextmanager
def valkey_frozen(house: House) -> Iterator[None]:
    """It takes connections, and says nothing."""
    with redis_client.connect(house.environ["REDIS_URL"]) as client:
        server = int(client.info("server")["process_id"])
    os.kill(server, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server, signal.SIGCONT)
        house.wait_until_ready()


@contextmanager
def counterparts_away(house: House) -> Iterator[None]:
    """Nobody listens where Stripe, Twilio and the mail server were."""
    house.sandbox.stop()
    try:
        yield
    finally:
        house.sandbox.start()


def asks_for_a_key(house: House, person: Person) -> str:
    """The friend of `person` gets as far as the key; the last answer."""
    for words in ("PAY", person.account):
        house.text(person.friend, words)
    return house.text(person.friend, person.address)


@pytest.mark.parametrize("outage", [valkey_away, valkey_frozen])
def test_without_sessions_the_person_is_asked_to_try_again_and_then_it_works(
    house: House, outage: Callable[[House], AbstractContextManager[None]]
) -> None:
    person = house.newcomer()
    with outage(house):
        assert KIND in house.text(person.friend, "PAY")
        assert not house.ready()
    until("turns work again", lambda: "account number" in house.text(person.friend, "PAY"), 40)
    assert "key to" in asks_for_a_key(house, person)
    house.reads(person.phone, "is the key", 60)


def test_a_payment_is_posted_without_sessions_and_its_receipt_comes_when_they_are_back(house: House) -> None:
    payer = house.newcomer()
    link = house.link(payer)
    with valkey_away(house):
        house.pay(link)
        until("the payment is posted", lambda: house.owed(payer) == 0)
    house.reads(payer.phone, "thank you", 60)


def test_while_stripe_is_away_there_is_no_link_and_afterwards_there_is_one(house: House) -> None:
    payer = house.newcomer()
    for words in ("PAY", "1", "1"):
        house.text(payer.phone, words)
    with counterparts_away(house):
        assert KIND in house.text(payer.phone, "1")
    link = link_in(house.text(payer.phone, "1"))
    house.pay(link)
    house.reads(payer.phone, "thank you")
    assert house.owed(payer) == 0
    assert len([payment for payment in house.payments(payer.phone) if payment["link_id"]]) == 1


def test_when_stripe_fails_once_the_person_tries_again_and_gets_one_link(house: House) -> None:
    payer = house.newcomer()
    for words in ("PAY", "1", "1"):
        house.text(payer.phone, words)
    house.sandbox.fail_next("stripe", status=500, method="POST", path="payment_links")
    assert KIND in house.text(payer.phone, "1")
    house.pay(link_in(house.text(payer.phone, "1")))
    house.reads(payer.phone, "thank you")
    assert house.owed(payer) == 0


def test_a_key_that_could_not_be_sent_arrives_when_twilio_is_back(house: House) -> None:
    person = house.newcomer()
    with counterparts_away(house):
        assert "key to" in asks_for_a_key(house, person)
        until("the worker has tried", lambda: house.rows("select id from outbox where error like 'Twilio%'"))
    house.reads(person.phone, "is the key")


def test_while_another_program_keeps_sqlite_locked_the_person_is_asked_to_try_again(house: House) -> None:
    person = house.newcomer()
    for words in ("PAY", person.account):
        house.text(person.friend, words)
    with house.engine.begin():  # the one write lock of the file
        assert KIND in house.text(person.friend, person.address)
    assert "key to" in house.text(person.friend, person.address)
    house.reads(person.phone, "is the key")


def test_without_sql_the_person_is_asked_to_try_again_and_then_it_works(
    postgres_house: House, request: pytest.FixtureRequest
) -> None:
    house, person = postgres_house, postgres_house.newcomer()
    for words in ("PAY", person.account):
        house.text(person.friend, words)
    with cluster(request.config).away():
        assert KIND in house.text(person.friend, person.address)
        assert not house.ready()
    house.wait_until_ready()
    assert "key to" in house.text(person.friend, person.address)
    house.reads(person.phone, "is the key")


def test_a_payment_that_stripe_tells_of_without_sql_is_posted_when_it_is_back(
    postgres_house: House, request: pytest.FixtureRequest
) -> None:
    house, payer = postgres_house, postgres_house.newcomer()
    checkout = house.tap(house.link(payer))
    with cluster(request.config).away():
        house.pay_at(checkout)
        until("Stripe was turned away", lambda: "503" in str(house.sandbox.till.webhooks.deliveries[-1].attempts))
    house.reads(payer.phone, "thank you")
    assert house.owed(payer) == 0
