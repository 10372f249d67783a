"""Web and worker are killed (-9) fifty times under load, on PostgreSQL and Valkey: nothing is lost, nothing doubled.

Six crowds pay part of their bills over and over. After random numbers of answers something dies: one web process, all
of the web, or the worker with its schedule. What is dead is started again at once, and may die while it starts.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from threading import Condition, Event

import pytest
import requests
from sqlalchemy import update

from handlers.ledger.tables import outbox
from tests.e2e.house import BROWSER, House
from tests.e2e.people import Person
from tests.e2e.waiting import until
from tests.sql import cluster

KILLS, CROWDS, EACH = 50, 6, 12  # one person texts less than the 20 a minute that we take
SEED = 7
WAYS = ("a web process",) * 6 + ("the web", "the worker", "the worker", "the worker")


class Load:
    """People who pay five dollars of their bill, again and again, whatever does not answer."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._people = [house.newcomer() for _ in range(CROWDS * EACH)]
        self._answers, self._moved = 0, Condition()
        self._over = Event()
        self.paid: list[tuple[Person, str]] = []

    def run(self, crowd: int) -> None:
        """One crowd's people, in turns, until it is over."""
        for person in cycle(self._people[crowd::CROWDS]):
            if self._over.is_set():
                return
            with suppress(requests.RequestException):
                self._pays(person)

    def end(self) -> None:
        self._over.set()

    def after(self, answers: int) -> None:
        """Wait for so many more answers; not for ever, for everything may be dead."""
        with self._moved:
            wanted = self._answers + answers
            self._moved.wait_for(lambda: self._answers >= wanted, 10)

    def _pays(self, person: Person) -> None:
        answer = self._says(person, "PAY")
        if "owes" not in answer:
            answer = self._says(person, "1")  # the account on file
        if "owes" not in answer or "$5.00" not in self._says(person, "5.00"):
            return
        link = next((word for word in self._says(person, "1").split() if "/p/" in word), None)
        page = requests.get(link, headers=BROWSER, timeout=20).url if link else ""
        if "/checkout/" in page:  # else what is owed has changed meanwhile: an earlier payment was heard of late
            self.paid.append((person, self._house.pay_at(page)["id"]))

    def _says(self, person: Person, words: str) -> str:
        answer = self._house.text(person.phone, words)
        if answer:
            with self._moved:
                self._answers += 1
                self._moved.notify_all()
        return answer


def kill(house: House, way: str, dice: random.Random) -> None:
    """Kill -9, and start again what nobody else would."""
    if way == "a web process":
        assert house.web.process
        family = Path(f"/proc/{house.web.process.pid}/task/{house.web.process.pid}/children").read_text().split()
        if family:
            with suppress(ProcessLookupError):
                os.kill(int(dice.choice(family)), signal.SIGKILL)
        return
    program = house.web if way == "the web" else house.worker
    program.kill()
    program.start()


def settle(house: House) -> None:
    """All is up again; Stripe has told everything, and what waited or was left in dead hands is due now."""
    house.wait_until_ready()
    deliveries = house.sandbox.till.webhooks.deliveries
    until("every webhook was taken", lambda: all(delivery.delivered for delivery in list(deliveries)), 60)
    until("the outbox is done with", lambda: _hurry(house) == 0, 120)
    assert house.sandbox.quiet()


def _hurry(house: House) -> int:
    """Let minutes go by for what was tried and is to be tried again; how many texts are still to go out."""
    with house.engine.begin() as connection:
        now, open_ = datetime.now(UTC), (outbox.c.kind == "text", outbox.c.done_at.is_(None))
        abandoned = (outbox.c.attempts > 0, *open_, outbox.c.handed_until.is_not(None) | (outbox.c.due_at > now))
        connection.execute(update(outbox).where(*abandoned).values(due_at=now, leased_until=now, handed_until=None))
        lost = (outbox.c.attempts == 0, *open_, outbox.c.handed_until.is_not(None))
        connection.execute(update(outbox).where(*lost).values(handed_until=None))
    return len(house.waiting_texts())


@pytest.fixture(scope="module")
def survivor(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Load]]:
    with cluster(pytestconfig).database(migrated=False) as engine:
        house = House(tmp_path_factory.mktemp("killed"), engine.url.render_as_string(hide_password=False))
        try:
            load, dice = Load(house), random.Random(SEED)
            with ThreadPoolExecutor(CROWDS) as pool:
                crowds = [pool.submit(load.run, crowd) for crowd in range(CROWDS)]
                try:
                    for _ in range(KILLS):
                        load.after(dice.randrange(1, 25))
                        kill(house, dice.choice(WAYS), dice)
                finally:
                    load.end()
            for crowd in crowds:
                crowd.result()
            settle(house)
            yield house, load
        finally:
            house.stop()


def test_people_went_on_paying(survivor: tuple[House, Load]) -> None:
    assert len(survivor[1].paid) > 20


def test_every_cent_that_stripe_took_is_in_the_ledger_once(survivor: tuple[House, Load]) -> None:
    house, _ = survivor
    charges = [charge for charge in house.sandbox.till.store.all("charge") if charge["status"] == "succeeded"]
    taken = {f"paid:{charge['id']}": charge["amount"] for charge in charges}
    query = (
        "select cause, sum(minor) as minor from journal join entry on entry.journal_id = journal.id"
        " where book = 'stripe' group by journal.id, cause"
    )
    assert sorted((row["cause"], int(row["minor"])) for row in house.rows(query)) == sorted(taken.items())


def test_every_bill_is_less_by_what_was_paid(survivor: tuple[House, Load]) -> None:
    house, load = survivor
    payments = Counter(person for person, _ in load.paid)
    assert {person: house.owed(person) for person in payments} == {
        person: 8420 - 500 * times for person, times in payments.items()
    }


def test_everybody_was_told_of_each_payment_once(survivor: tuple[House, Load]) -> None:
    house, load = survivor
    payments = Counter(person.phone for person, _ in load.paid)
    thanks = {phone: sum("thank you" in text for text in house.sandbox.received(phone)) for phone in payments}
    assert thanks == payments


def test_nobody_has_two_links_that_work(survivor: tuple[House, Load]) -> None:
    house, _ = survivor
    query = (
        "select payer from payment where link_id is not null and paid_at is null and withdrawn_at is null"
        " and expired_at is null group by payer having count(*) > 1"
    )
    assert house.rows(query) == []


def test_no_log_shows_who_they_were(survivor: tuple[House, Load]) -> None:
    house, load = survivor
    logs = house.logs()
    assert [person.last4 for person, _ in load.paid for secret in person.secrets if secret in logs] == []
