"""Many people at the same time."""

from concurrent.futures import ThreadPoolExecutor

from tests.e2e.house import House
from tests.e2e.people import Person

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
