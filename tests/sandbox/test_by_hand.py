"""Run by hand: no thread, no socket, no waiting, and the same seed gives the same world to the byte."""

import threading
from typing import Any

import pytest
import requests
import stripe

from sandbox.in_process import call_to
from tests.sandbox.hand import BASE, Hand
from tests.sandbox.stub import NUMBER, ORDER, SID, STRIPE_KEY, TOKEN

ANA = "+12175550111"


def everything(seed: int) -> list[Any]:
    """A day with a bit of all, and every byte that went over the wires."""
    hand = Hand(seed, bank_settles_after=86400)
    hand.app.statuses = [200, 500]
    made = hand.stripe.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})
    hand.sandbox.text(ANA, "PAY", media=1)
    hand.twilio.messages.create(to=ANA, from_=NUMBER, body="Hi", status_callback=f"{BASE}/sms/status")
    till = hand.sandbox.till
    till.pay_by_bank(till.links.visit(till.store.get("payment_link", made.id)))
    charge = till.pay_by_card(hand.visit())
    hand.run_all()
    till.refund({"charge": charge["id"], "amount": 1000})
    hand.run_all()
    listed = hand.network.get(f"{hand.sandbox.url}/v1/events?limit=100", auth=(STRIPE_KEY, ""))
    headers = {name: value for name, value in listed.headers.items()}
    texts = hand.network.get(f"{hand.sandbox.url}/2010-04-01/Accounts/{SID}/Messages.json", auth=(SID, TOKEN))
    hand.network.close()
    heard = [(told.path, told.body, sorted(told.form.items()), sorted(told.headers.items())) for told in hand.app.told]
    return [heard, headers, listed.content, texts.content, hand.sandbox.switchboard.phones]


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert everything(1) == everything(1)


def test_another_seed_gives_other_ids() -> None:
    assert everything(1) != everything(2)


def test_no_thread_is_started(hand: Hand) -> None:
    before = threading.enumerate()
    hand.sandbox.text(ANA, "PAY")
    hand.sandbox.till.pay_by_card(hand.visit())
    hand.run_all()
    assert threading.enumerate() == before


def test_times_are_those_of_the_clock_that_was_passed_in(hand: Hand) -> None:
    visit = hand.visit()
    hand.now += 60
    charge = hand.sandbox.till.pay_by_card(visit)
    assert (visit["created"], charge["created"]) == (1_795_000_000, 1_795_000_060)


def test_nothing_is_told_before_its_errand_runs(hand: Hand) -> None:
    hand.sandbox.till.pay_by_card(hand.visit())
    assert hand.told() == []
    assert [errand.what for errand in hand.sandbox.errands][-1] == "webhook checkout.session.completed"
    assert not hand.sandbox.quiet()


def test_errands_run_in_any_order_and_twice(hand: Hand) -> None:
    hand.sandbox.till.pay_by_card(hand.visit())
    last = hand.sandbox.errands[-1]
    last.run()
    last.run()
    hand.run_all()
    assert hand.told()[:2] == ["checkout.session.completed"] * 2
    assert hand.sandbox.quiet()


def test_a_webhook_that_failed_comes_again_after_its_delay(hand: Hand) -> None:
    hand.app.statuses = [500]
    hand.sandbox.till.expire(hand.visit())
    hand.sandbox.errands[0].run()
    (again,) = hand.sandbox.errands
    assert again.due == hand.now + 1
    again.run()
    assert hand.told() == ["checkout.session.expired"] * 2
    assert hand.sandbox.errands == []


def test_an_app_that_cannot_be_reached_is_tried_again(hand: Hand) -> None:
    def gone(environ: Any, start_response: Any) -> Any:
        raise ConnectionRefusedError("no process")

    hand.sandbox.setting.call = call_to(gone)
    hand.sandbox.till.expire(hand.visit())
    hand.sandbox.errands[0].run()
    assert hand.sandbox.till.webhooks.deliveries[0].attempts[0][1] == "ConnectionRefusedError: no process"
    assert len(hand.sandbox.errands) == 1


def test_a_bank_debit_that_settles_is_an_errand(hand: Hand) -> None:
    session = hand.visit()
    hand.sandbox.till.pay_by_bank(session)
    last = hand.sandbox.errands[-1]
    assert (last.what, last.due) == ("the bank settles", hand.now + 3 * 86400)
    last.run()
    last.run()
    assert session["payment_status"] == "paid"


def test_a_text_reaches_its_phone_once_however_often_its_errand_runs(hand: Hand) -> None:
    hand.twilio.messages.create(to=ANA, from_=NUMBER, body="Hi", status_callback=f"{BASE}/sms/status")
    carry = hand.sandbox.errands[0]
    carry.run()
    carry.run()
    assert hand.sandbox.received(ANA) == ["Hi"]
    assert [errand.what for errand in hand.sandbox.errands] == ["status queued", "status sent", "status delivered"]


@pytest.mark.parametrize("slow", [{"delay": 60.0}, {"hold": threading.Event()}])
def test_a_slow_answer_is_given_up_and_the_work_is_done(hand: Hand, slow: Any) -> None:
    hand.sandbox.fail_next("stripe", **slow)
    with pytest.raises(stripe.APIConnectionError):
        hand.stripe.v1.payment_links.create(params=ORDER)
    assert len(hand.stripe.v1.payment_links.list().data) == 1


@pytest.mark.parametrize(("how", "made"), [({"lost": True}, 0), ({"lost": True, "done": True}, 1)])
def test_a_lost_answer_is_a_broken_connection(hand: Hand, how: Any, made: int) -> None:
    hand.sandbox.fail_next("stripe", **how)
    with pytest.raises(stripe.APIConnectionError):
        hand.stripe.v1.payment_links.create(params=ORDER)
    assert len(hand.stripe.v1.payment_links.list().data) == made


@pytest.mark.parametrize(
    ("how", "error"),
    [({"lost": True, "done": True}, requests.ConnectionError), ({"delay": 60.0}, requests.ReadTimeout)],
)
def test_a_lost_or_slow_answer_of_twilios_is_one_too(hand: Hand, how: Any, error: type[Exception]) -> None:
    hand.sandbox.fail_next("twilio", **how)
    with pytest.raises(error):
        hand.twilio.messages.create(to=ANA, from_=NUMBER, body="Hi")
    assert hand.sandbox.errands[0].what == "text"


def test_a_mail_is_taken_without_a_server(hand: Hand) -> None:
    assert hand.sandbox.mail.take(["ana@example.com"], b"Subject: Key\r\n\r\n123456\r\n") == "250 OK"
    assert hand.sandbox.mail.mails[0].text.strip() == "123456"
