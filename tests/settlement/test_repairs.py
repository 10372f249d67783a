"""What was missed is taken once more: everything that has one safe answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.money import Money
from handlers.ledger.tables import ticket
from handlers.payments.event import Event
from tests.settlement.morning import MONDAY, SUNDAY, Morning, whats


def kinds(morning: Morning) -> list[str]:
    with morning.engine.begin() as connection:
        return list(connection.scalars(select(ticket.c.kind).order_by(ticket.c.id)))


def test_a_payment_whose_webhook_got_lost_is_settled(morning: Morning) -> None:
    charge = morning.paid(told=False)
    report = morning.run()
    assert (report.clean, len(report.repaired)) == (True, 1)
    assert morning.lines() == {charge["id"]: f"paid:{charge['id']}"}
    assert morning.world.owed(morning.world.account_id()) == Money(0)
    assert len(morning.world.texts()) == 1


def test_a_webhook_that_comes_after_the_repair_changes_nothing(morning: Morning) -> None:
    morning.paid(told=False)
    morning.run()
    late = morning.world.events_of("checkout.session.completed")[-1]
    assert [morning.world.deliver(late).status_code for _ in range(2)] == [200, 200]
    assert (morning.world.owed(morning.world.account_id()), len(morning.world.texts())) == (Money(0), 1)


def test_a_strangers_charge_is_kept_apart_and_gets_its_own_ticket(morning: Morning) -> None:
    charge = morning.paid(told=False)
    charge |= {"payment_intent": None, "metadata": {}}
    report = morning.run()
    assert (report.clean, morning.world.book("unapplied"), kinds(morning)) == (True, -8595, ["unknown_payment"])


def test_a_refund_that_nobody_told_us_of_is_posted(morning: Morning) -> None:
    charge = morning.paid()
    morning.till.refund({"charge": charge["id"]})
    report = morning.run()
    assert (report.clean, len(report.repaired)) == (True, 1)
    assert morning.world.owed(morning.world.account_id()) == Money(8420)


def test_a_payment_and_its_refund_both_missed_are_taken_in_their_order(morning: Morning) -> None:
    charge = morning.paid(told=False)
    morning.clock.pass_time(minutes=5)
    morning.till.refund({"charge": charge["id"]})
    report = morning.run()
    assert (report.clean, len(report.repaired), morning.world.book("returning")) == (True, 2, 0)


def test_a_refund_that_failed_unheard_is_posted(morning: Morning) -> None:
    charge = morning.paid()
    refund = morning.till.refund({"charge": charge["id"]})
    assert morning.world.deliver(morning.world.events_of("refund.created")[-1]).status_code == 200
    morning.till.settle_refund(refund, good=False)
    report = morning.run()
    assert (report.clean, kinds(morning)) == (True, ["refund_failed"])
    assert morning.world.book("unapplied") == -8595


def test_a_dispute_that_nobody_told_us_of_is_posted_with_its_fee(morning: Morning) -> None:
    dispute = morning.till.dispute(morning.paid())
    report = morning.run()
    assert (report.clean, kinds(morning)) == (True, ["dispute"])
    assert (morning.world.book("disputed"), morning.world.book("costs")) == (8595, 279 + 1500)
    morning.till.close_dispute(dispute, "won")
    morning.clock.pass_time(days=1)
    assert morning.run(MONDAY).clean
    assert morning.world.book("disputed") == 0


def test_a_payout_that_nobody_told_us_of_is_posted_and_so_is_its_return(morning: Morning) -> None:
    morning.paid()
    morning.run()
    morning.clock.pass_time(days=2)
    payout = morning.till.pay_out()
    morning.clock.pass_time(days=1)
    assert morning.run(MONDAY + timedelta(days=2)).clean
    assert (morning.world.book("bank"), morning.world.book("stripe")) == (8316, 0)
    morning.till.settle_payout(payout, good=False)
    morning.clock.pass_time(days=1)
    report = morning.run(MONDAY + timedelta(days=3))
    assert (report.clean, kinds(morning)) == (True, ["payout_failed"])
    assert (morning.world.book("bank"), morning.world.book("stripe")) == (0, 8316)


def test_a_bank_debit_whose_line_comes_before_its_money_waits(morning: Morning) -> None:
    morning.till.setting.debits_show_early = True
    session = morning.world.visit(morning.world.link(method="bank"))
    charge = morning.till.pay_by_bank(session)
    report = morning.run()
    assert (report.clean, [note.about for note in report.waiting]) == (True, [charge["id"]])
    assert morning.tickets() == []
    morning.till.settle_bank(session, good=True)
    morning.clock.pass_time(days=1)
    report = morning.run(MONDAY)
    assert (report.clean, report.waiting, morning.world.book("stripe")) == (True, [], 8420 - 67)


def test_a_bank_debit_that_failed_comes_and_goes_without_a_posting(morning: Morning) -> None:
    morning.till.setting.debits_show_early = True
    session = morning.world.visit(morning.world.link(method="bank"))
    charge = morning.till.pay_by_bank(session)
    morning.till.settle_bank(session, good=False)
    report = morning.run()
    assert (report.clean, report.matched) == (True, 2)
    assert set(morning.lines().values()) == {f"failed:{charge['id']}"}
    assert (morning.world.book("stripe"), morning.world.book("costs")) == (0, 0)


def test_a_bank_that_takes_back_what_had_been_paid_is_for_a_person(morning: Morning) -> None:
    session = morning.world.visit(morning.world.link(method="bank"))
    charge = morning.till.pay_by_bank(session)
    morning.till.settle_bank(session, good=True)
    morning.run()
    morning.line("payment_failure_refund", -8420, charge["id"])
    charge["status"] = "failed"
    morning.clock.pass_time(days=1)
    assert whats(morning.run(MONDAY)) == ["unknown kind"]


@pytest.mark.parametrize("gone", [True, False])
def test_an_object_of_the_other_mode_is_not_taken(morning: Morning, gone: bool) -> None:
    charge = morning.paid(told=False)
    charge["livemode"] = True
    if gone:
        charge["object"] = "gone"
    assert whats(morning.run()) == ["not of this mode"]
    assert morning.world.book("stripe") == -279


def test_what_cannot_be_settled_is_tried_again_on_another_day_and_its_ticket_closes(morning: Morning) -> None:
    charge = morning.paid(told=False)
    events, deaf = morning.world.events, _Deaf()
    morning.world.events = deaf  # type: ignore[assignment]
    assert whats(morning.run()) == ["missing here"]
    assert deaf.heard == [f"found:{charge['balance_transaction']}"]
    morning.world.events = events
    morning.clock.pass_time(days=1)
    report = morning.run(MONDAY)
    assert (report.clean, report.closed, morning.tickets()) == (True, 1, [])
    assert morning.lines() == {charge["id"]: f"paid:{charge['id']}"}


class _Deaf:
    """Takes events and does nothing about them."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def take(self, event: Event) -> None:
        self.heard.append(event.id)


def test_a_dry_run_changes_nothing_and_tells_all_the_same(morning: Morning) -> None:
    morning.paid(told=False)
    morning.line("transfer", -1, "tr_1")
    record = morning.world.link()
    morning.clock.pass_time(days=1)
    report = morning.run(dry_run=True)
    assert (report.lines, len(report.repaired), whats(report)) == (2, 2, ["unknown kind"])
    assert (morning.lines(), morning.tickets(), morning.days(), morning.world.causes()) == ({}, [], {}, [])
    assert morning.world.active(record)
    assert morning.left == []


def test_a_dry_run_after_a_run_finds_nothing_to_do(morning: Morning) -> None:
    morning.paid()
    morning.run()
    assert (morning.run(SUNDAY, dry_run=True).clean, morning.days()) == (True, {SUNDAY: True})
