"""Rows delivered for real to the sandbox's Twilio, with answers lost on the way."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from handlers.outbox.deliver import Deliverer
from handlers.outbox.rows import ASK_AFTER, anothers
from handlers.people.consent import may_send
from handlers.sms.sending import TwilioTexts
from handlers.sms.twilio_client import client
from handlers.world import SystemClock
from sandbox.server import Sandbox
from tests.fakes import FakeClock
from tests.outbox.desk import ANA, WORDS, Desk
from tests.outbox.parcels import UTILITIES
from tests.outbox.stand_in import ACCOUNT
from tests.sql import sqlite_engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = sqlite_engine(tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    # No program listens there: status callbacks go nowhere, as in the outage that these tests are about.
    with Sandbox("http://127.0.0.1:9", ACCOUNT, "a token", "sk_test_x", "whsec_x") as made:
        yield made


@pytest.fixture
def desk(engine: Engine) -> Desk:
    made = Desk(engine)
    made.clock = FakeClock(SystemClock().now())  # the sandbox dates its texts by the real clock
    return made


@pytest.fixture
def worker(desk: Desk, sandbox: Sandbox) -> Iterator[Deliverer]:
    sdk = client(ACCOUNT, "a token", sandbox.url)
    texts = TwilioTexts(sdk, UTILITIES, "http://127.0.0.1:9", desk.clock, partial(anothers, desk.engine))
    yield desk.worker(texts)
    sdk.http_client.session.close()


def got(sandbox: Sandbox) -> list[str]:
    assert sandbox.quiet()
    return sandbox.received(ANA.value)


def test_a_text_arrives(desk: Desk, sandbox: Sandbox, worker: Deliverer) -> None:
    assert worker.deliver(desk.put()) == "sent"
    assert got(sandbox) == [WORDS]


def test_a_text_whose_answer_was_lost_after_it_went_out_arrives_once(
    desk: Desk, sandbox: Sandbox, worker: Deliverer
) -> None:
    row_id = desk.put()
    sandbox.fail_next("twilio", method="POST", lost=True, done=True)
    assert worker.deliver(row_id) == "unsure"
    desk.clock.pass_time(seconds=ASK_AFTER.total_seconds())
    assert worker.deliver(row_id) == "sent"
    assert got(sandbox) == [WORDS]


def test_a_text_whose_request_was_lost_arrives_after_asking(desk: Desk, sandbox: Sandbox, worker: Deliverer) -> None:
    row_id = desk.put()
    sandbox.fail_next("twilio", method="POST", lost=True)
    assert worker.deliver(row_id) == "unsure"
    desk.clock.pass_time(seconds=ASK_AFTER.total_seconds())
    assert worker.deliver(row_id) == "sent"
    assert got(sandbox) == [WORDS]


def test_a_text_whose_request_was_lost_is_not_taken_for_another_that_says_the_same(
    desk: Desk, sandbox: Sandbox, worker: Deliverer
) -> None:
    lost, earlier = desk.put("second payment"), desk.put("third payment")
    sandbox.fail_next("twilio", method="POST", lost=True)
    assert [worker.deliver(lost), worker.deliver(earlier)] == ["unsure", "sent"]
    desk.clock.pass_time(seconds=ASK_AFTER.total_seconds())
    assert worker.deliver(lost) == "sent"
    assert got(sandbox) == [WORDS, WORDS]


@pytest.mark.parametrize("done", [True, False])
def test_a_key_whose_answer_was_lost_is_not_sent_again(
    desk: Desk, sandbox: Sandbox, worker: Deliverer, done: bool
) -> None:
    row_id = desk.put_key()
    sandbox.fail_next("twilio", method="POST", lost=True, done=done)
    assert worker.deliver(row_id) == "unsure"
    desk.clock.pass_time(minutes=5)
    assert worker.deliver(row_id) == "skipped"
    assert len(got(sandbox)) == done


def test_while_twilio_is_away_texts_wait_and_then_all_arrive(desk: Desk, sandbox: Sandbox, worker: Deliverer) -> None:
    rows = [desk.put(f"receipt {number}", body={"text": f"Receipt {number}"}) for number in range(3)]
    sandbox.stop()
    assert [worker.deliver(row_id) for row_id in rows] == ["later"] * 3
    sandbox.start()
    desk.clock.pass_time(seconds=5)
    assert [worker.deliver(row_id) for row_id in rows] == ["sent"] * 3
    assert got(sandbox) == ["Receipt 0", "Receipt 1", "Receipt 2"]


def test_after_stop_nothing_arrives_and_the_program_knows_it(desk: Desk, sandbox: Sandbox, worker: Deliverer) -> None:
    sandbox.switchboard.messages.opted_out.add(ANA.value)
    assert worker.deliver(desk.put()) == "dropped"
    with desk.engine.begin() as connection:
        assert not may_send(connection, "prairie", ANA.reveal(), "receipt")
