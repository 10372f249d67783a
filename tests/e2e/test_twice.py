"""Stripe and Twilio deliver at least once: whatever comes twice, or many times at once, is done once."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests
from stripe import WebhookSignature

from sandbox.stripe_events import Delivery
from tests.e2e.house import WEBHOOK_SECRET, House, link_in
from tests.e2e.waiting import until


def webhook(house: House, delivery: Delivery) -> int:
    """Deliver an event once more; the status of the answer."""
    body = json.dumps(delivery.event)
    signed = WebhookSignature.generate_signature_header(body, WEBHOOK_SECRET)
    address = f"{house.url}/stripe/webhook"
    return requests.post(address, body, headers={"Stripe-Signature": signed}, timeout=20).status_code


def test_every_text_that_comes_twice_gets_the_same_answer_and_makes_one_payment(house: House) -> None:
    payer = house.newcomer()
    answers = []
    for words in ("PAY", "1", "1", "1"):
        sid = f"SM{uuid.uuid4().hex}"
        answers.append([house.text(payer.phone, words, MessageSid=sid) for _ in range(2)])
    assert [first for first, _ in answers] == [second for _, second in answers]
    assert len(house.payments(payer.phone)) == 1


def test_every_webhook_that_comes_three_times_posts_once_and_sends_one_receipt(house: House) -> None:
    payer = house.newcomer()
    before = len(house.sandbox.till.webhooks.deliveries)
    house.pay(house.link(payer))
    house.reads(payer.phone, "thank you")
    for delivery in house.sandbox.till.webhooks.deliveries[before:] * 2:
        assert webhook(house, delivery) == 200
    until("the outbox is empty", lambda: not house.waiting_texts())
    assert house.owed(payer) == 0
    assert [text for text in house.sandbox.received(payer.phone) if "thank you" in text] == [
        house.reads(payer.phone, "thank you")
    ]


def test_one_webhook_eight_times_at_once_posts_once(any_house: House) -> None:
    house = any_house
    payer = house.newcomer()
    link = house.link(payer)
    webhooks = house.sandbox.till.webhooks
    webhooks.paused = True
    try:
        house.pay(link)
    finally:
        webhooks.paused = False
    paid = webhooks.deliveries[-1]
    assert paid.event["type"] == "checkout.session.completed"
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: webhook(house, paid), range(8)))
    assert answers == {200}
    assert house.owed(payer) == 0


def test_a_status_report_that_comes_again_out_of_order_changes_nothing(house: House) -> None:
    payer = house.newcomer()
    house.pay(house.link(payer))
    house.reads(payer.phone, "thank you")
    query = "select provider_id, delivery, state from outbox where cause like 'receipt%' or category = 'receipt' "
    ours = [one.sid for one in house.sandbox.switchboard.messages.newest_first() if one.to == payer.phone]

    def reported() -> list[object]:
        return [row for row in house.rows(query) if row["provider_id"] in ours and row["delivery"] == "delivered"]

    [before] = until("the text is reported as delivered", reported)
    message = house.sandbox.switchboard.messages.get(before["provider_id"])  # type: ignore[call-overload]
    for status in ("queued", "sent", "delivered", "sent"):
        assert house.sandbox.switchboard.calls.status(message, f"{house.url}/sms/status", status).good
    assert reported() == [before]


def test_two_texts_of_one_person_at_once_confirm_one_payment(house: House) -> None:
    payer = house.newcomer()
    for words in ("PAY", "1", "1"):
        house.text(payer.phone, words)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: house.text(payer.phone, "1"), range(2)))
    assert len({link_in(answer) for answer in answers if "/p/" in answer}) == 1
    assert all(answers)
    assert len(house.payments(payer.phone)) == 1
