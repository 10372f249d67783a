"""Many people at the same time, and two who pay the same thing."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.e2e.house import House, key_in, link_in
from tests.e2e.people import Person
from tests.e2e.waiting import until

PEOPLE = 20


def test_twenty_phones_pay_at_once_and_each_bill_is_paid_once(any_house: House) -> None:
    house = any_house
    everybody = [house.newcomer() for _ in range(PEOPLE)]

    def pays(one: Person) -> str:
        house.pay(house.link(one))
        return house.reads(one.phone, "thank you")

    with ThreadPoolExecutor(PEOPLE) as pool:
        receipts = list(pool.map(pays, everybody))
    assert [one.last4 in receipt for one, receipt in zip(everybody, receipts, strict=True)] == [True] * PEOPLE
    assert {house.owed(one) for one in everybody} == {0}
    assert [len(house.payments(one.phone)) for one in everybody] == [1] * PEOPLE


def test_two_people_who_pay_one_bill_at_once_are_both_told_and_the_account_has_a_credit(any_house: House) -> None:
    house, holder = any_house, any_house.newcomer()
    for words in ("PAY", holder.account, holder.address):
        house.text(holder.friend, words)
    for words in (key_in(house.reads(holder.phone, "is the key")), "1"):
        house.text(holder.friend, words)
    checkouts = [house.tap(link_in(house.text(holder.friend, "1"))), house.tap(house.link(holder))]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(house.pay_at, checkouts))
    assert house.sandbox.quiet()
    house.morning_comes()
    phones = [holder.phone, holder.friend]
    said = ("thank you", "came in when nothing was owed any more", "another payment came in")
    thanked, too_late, told = [until(words, partial(_who_reads, house, phones, words)) for words in said]
    assert thanked == told != too_late
    assert house.owed(holder) == -8595


def _who_reads(house: House, phones: Sequence[str], words: str) -> str | None:
    return next((phone for phone in phones if any(words in text for text in house.sandbox.received(phone))), None)


def test_a_link_that_is_paid_twice_loses_nothing_and_its_payer_is_told(any_house: House) -> None:
    house, payer = any_house, any_house.newcomer()
    link = house.link(payer)
    checkouts = [house.tap(link), house.tap(link)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(house.pay_at, checkouts))
    house.reads(payer.phone, "thank you")
    assert house.sandbox.quiet()
    house.morning_comes()
    assert "$85.95" in house.reads(payer.phone, "came in a second time")
    assert house.owed(payer) == -8595
    books = house.rows(
        "select book, sum(minor) as minor from entry where payment_id = :id group by book",
        id=house.payments(payer.phone)[0]["id"],
    )
    assert {row["book"]: row["minor"] for row in books} == {
        "stripe": 2 * 8595,
        "receivable": -8420 - 8595,
        "fees": -175,
    }
