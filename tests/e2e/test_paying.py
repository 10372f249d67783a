"""A guest pays a bill, from PAY to the receipt, on both databases; and what everybody sees of it afterwards."""

import re
from dataclasses import dataclass
from html import unescape

import pytest
from sqlalchemy.engine import RowMapping

from tests.e2e.house import House, key_in, link_in
from tests.e2e.people import Person


@dataclass
class Story:
    """What happened: `friend` paid `holder`'s bill with the key that `holder` was sent."""

    house: House
    holder: Person
    heard: list[str]
    key: str
    receipt: str
    payment: RowMapping


@pytest.fixture(scope="module")
def story(any_house: House) -> Story:
    house = any_house
    holder = house.newcomer()
    heard = [house.text(holder.friend, words) for words in ("Pay", holder.account, holder.address)]
    key = key_in(house.reads(holder.phone, "is the key"))
    heard += [house.text(holder.friend, words) for words in (key, "1", "1")]
    house.pay(link_in(heard[-1]))
    receipt = house.reads(holder.friend, "thank you")
    heard.append(house.text(holder.friend, "STATUS"))
    return Story(house, holder, heard, key, receipt, house.payments(holder.friend)[0])


def test_every_step_leads_to_the_next(story: Story) -> None:
    asked = ["account number", "house number and ZIP", "key to", "owes $84.20", "= $85.95", "Pay $85.95", "Paid on"]
    assert [words in text for words, text in zip(asked, story.heard, strict=True)] == [True] * len(asked), story.heard


def test_the_receipt_reaches_the_phone_that_paid(story: Story) -> None:
    assert "$85.95" in story.receipt
    assert "Nothing is left to pay" in story.receipt


def test_every_journal_balances(story: Story) -> None:
    assert story.house.rows("select journal_id from entry group by journal_id, currency having sum(minor) <> 0") == []


def test_the_ledger_has_bill_fee_and_what_stripe_holds(story: Story) -> None:
    entries = story.house.rows("select book, minor from entry where payment_id = :id", id=story.payment["id"])
    assert {row["book"]: row["minor"] for row in entries} == {"stripe": 8595, "receivable": -8420, "fees": -175}
    assert story.house.owed(story.holder) == 0


def test_the_status_says_paid_and_names_the_receipt(story: Story) -> None:
    assert "$85.95" in story.heard[-1]
    assert f"/r/{story.payment['receipt_token']}" in story.heard[-1]


def test_the_receipt_page_shows_what_was_paid(story: Story) -> None:
    page = unescape(story.house.page(f"{story.house.url}/r/{story.payment['receipt_token']}"))
    for words in ("Receipt", "Prairie Light & Gas", "$84.20", "$1.75", "$85.95", f"ending in {story.holder.last4}"):
        assert words in page


def test_the_short_link_says_that_it_is_paid(story: Story) -> None:
    assert "This is paid" in story.house.page(f"{story.house.url}/p/{story.payment['token']}")


def test_the_holder_reads_that_nothing_is_left(story: Story) -> None:
    assert "owes nothing" in story.house.text(story.holder.phone, "BAL")


def test_the_key_works_once(any_house: House) -> None:
    holder = any_house.newcomer()
    for words in ("PAY", holder.account, holder.address):
        any_house.text(holder.friend, words)
    key = key_in(any_house.reads(holder.phone, "is the key"))
    assert "owes $84.20" in any_house.text(holder.friend, key)
    for words in ("RESTART", holder.account, holder.address):
        any_house.text(holder.friend, words)
    assert "too old" in any_house.text(holder.friend, key)


def test_nobody_is_shown_more_than_four_digits(story: Story) -> None:
    house, payment = story.house, story.payment
    texts = [text for phone in house.sandbox.switchboard.phones for text in house.sandbox.received(phone)]
    pages = [house.page(f"{house.url}/{at}") for at in (f"r/{payment['receipt_token']}", f"p/{payment['token']}")]
    asked_of_stripe = [seen.form for seen in house.sandbox.requests if seen.counterpart == "stripe"]
    everything = "\n".join([*texts, *pages, *asked_of_stripe])
    assert [secret for secret in story.holder.secrets if secret in everything] == []


def test_the_logs_keep_the_secrets(story: Story) -> None:
    secrets = (*story.holder.secrets, story.payment["token"], story.payment["receipt_token"], story.payment["id"])
    logs = story.house.logs()
    assert "request" in logs
    assert [secret for secret in secrets if secret in logs] == []
    assert not re.search(rf"(?<!\d){story.key}(?!\d)", logs)


def test_redis_keeps_the_secrets(story: Story) -> None:
    at_rest = story.house.redis_at_rest()
    assert at_rest.count(b"{") > 2
    assert [secret for secret in story.holder.secrets if secret.encode() in at_rest] == []
    assert story.key.encode() not in at_rest


def test_the_outbox_keeps_neither_words_nor_numbers(story: Story) -> None:
    done = story.house.rows("select body, recipient from outbox where state = 'sent'")
    assert len(done) >= 2
    assert {(row["body"], row["recipient"]) for row in done} == {(None, None)}
