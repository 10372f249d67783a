"""Links that nobody needs any more, and bank debits that nobody heard of again."""

from bot.money import Money
from tests.settlement.morning import Morning


def test_a_link_that_ran_out_and_still_takes_money_is_turned_off(morning: Morning) -> None:
    record = morning.world.link()
    report = morning.run()
    assert (morning.world.active(record), len(report.repaired), report.clean) == (False, 1, True)
    assert "is expired" in report.repaired[0].why


def test_a_link_that_may_still_be_paid_is_left_alone(morning: Morning) -> None:
    morning.run()
    record = morning.world.link()
    morning.clock.pass_time(minutes=30)
    assert morning.run().repaired == []
    assert morning.world.active(record)


def test_a_withdrawn_payments_link_is_turned_off(morning: Morning) -> None:
    morning.run()
    record = morning.world.link()
    morning.world.payments.withdraw(record.id)
    assert "is withdrawn" in morning.run().repaired[0].why
    assert not morning.world.active(record)


def test_a_second_link_whose_making_was_answered_into_the_void_is_turned_off(morning: Morning) -> None:
    morning.run()
    record = morning.world.link()
    known = morning.store.get("payment_link", record.link_id or "")
    lost = morning.store.add({**known, "id": "plink_lost"})
    morning.run()
    assert (lost["active"], known["active"]) == (False, True)


def test_strangers_links_are_left_alone(morning: Morning) -> None:
    known = morning.store.get("payment_link", morning.world.link().link_id or "")
    theirs = [
        morning.store.add({**known, "id": "plink_1", "metadata": {}}),
        morning.store.add({**known, "id": "plink_2", "metadata": {"payment": "order 66"}}),
        morning.store.add({**known, "id": "plink_3", "metadata": {"payment": "pay_" + "0" * 32}}),
    ]
    morning.run()
    assert [link["active"] for link in theirs] == [True, True, True]


def test_many_links_are_turned_off_over_many_pages(morning: Morning) -> None:
    known = morning.store.get("payment_link", morning.world.link().link_id or "")
    for number in range(250):
        morning.store.add({**known, "id": f"plink_{number}"})
    assert len(morning.run().repaired) == 251
    assert not any(link["active"] for link in morning.store.all("payment_link"))


def pending(morning: Morning) -> tuple[Morning, dict[str, object]]:
    session = morning.world.visit(morning.world.link(method="bank"))
    morning.till.pay_by_bank(session)
    assert morning.world.deliver(morning.world.events_of("checkout.session.completed")[-1]).status_code == 200
    return morning, session


def test_a_bank_debit_that_came_good_unheard_is_settled_after_ten_days(morning: Morning) -> None:
    _, session = pending(morning)
    morning.clock.pass_time(days=11)
    morning.till.settle_bank(session, good=True)
    for moved in morning.store.all("balance_transaction"):
        moved["created"] += 86400  # its statement is of another day
    report = morning.run()
    assert (report.clean, len(report.repaired)) == (True, 1)
    assert morning.world.owed(morning.world.account_id()) == Money(0)


def test_a_bank_debit_that_failed_unheard_is_told_after_ten_days(morning: Morning) -> None:
    _, session = pending(morning)
    morning.clock.pass_time(days=11)
    morning.till.settle_bank(session, good=False)
    assert len(morning.run().repaired) == 1
    assert len(morning.world.texts()) == 2
    assert morning.run().repaired == []


def test_a_bank_debit_that_is_still_on_its_way_is_named_and_left_alone(morning: Morning) -> None:
    _, session = pending(morning)
    assert morning.run().waiting == []
    morning.clock.pass_time(days=11)
    report = morning.run()
    assert (report.clean, [note.about for note in report.waiting]) == (True, [session["id"]])
