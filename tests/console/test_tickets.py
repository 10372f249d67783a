"""Tickets: what waits for a person is listed in plain words, and what they decide is done once."""

from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
from sqlalchemy import select

from bot.money import Money
from handlers.console.ticket_figures import ticket_figures
from handlers.console.ticket_words import WORDS
from handlers.ledger.database import connect
from handlers.ledger.journal import receivable
from handlers.ledger.tables import entry, journal, outbox, payment
from handlers.ledger.tickets import Kind
from tests.cast import ANA, DEV
from tests.console.desk import Desk


def test_without_tickets_it_says_so(desk: Desk) -> None:
    assert desk.reads("tickets", "list") == ["0 open."]


def test_every_kind_of_ticket_says_what_it_is_and_what_to_do() -> None:
    assert set(WORDS) == set(get_args(Kind))


def test_open_tickets_are_listed_oldest_first_with_sum_reference_and_what_to_do(desk: Desk) -> None:
    taken = desk.differs()
    desk.clock.pass_time(hours=1)
    desk.ticket("payout_failed", "po_1")
    assert taken.payment_id
    end = taken.payment_id.reveal()[-8:].upper()
    assert desk.reads("tickets", "list") == [
        f"1  2026-11-22 18:00  90.00 USD  Stripe took another sum than we asked for  payment {end[:4]}-{end[4:]}",
        "    Find out who changed the link. Decide: tickets credit 1 --by YOU, or tickets refund 1 --by YOU.",
        "2  2026-11-22 19:00  no sum  Stripe could not pay out to your bank",
        "    Check the bank account at Stripe (Settings, Payouts). The money is still there. Then close the ticket.",
        "2 open.",
    ]


def test_a_ticket_shows_what_to_look_up_at_stripe_and_here(desk: Desk) -> None:
    taken = desk.differs()
    assert taken.payment_id
    shown = desk.reads("tickets", "show", "1")
    assert f"its charge: {taken.id}" in shown
    assert f"our payment: {taken.payment_id.reveal()}" in shown
    assert shown[-1].startswith("to do: ")


def test_a_closed_ticket_says_who_closed_it_and_why_and_is_listed_no_more(desk: Desk) -> None:
    desk.ticket("payout_failed", "po_1")
    assert desk.reads("tickets", "close", "1", "--by", "Kim", "--because", "the bank account was mended") == ["Closed."]
    shown = desk.reads("tickets", "show", "1")
    assert shown[-1] == "closed: 2026-11-22 18:00 by Kim: the bank account was mended"
    assert desk.reads("tickets", "list") == ["0 open."]


@pytest.mark.parametrize("decision", [["close", "--because", "x"], ["credit"], ["refund"]])
def test_a_ticket_is_decided_once(desk: Desk, decision: list[str]) -> None:
    desk.differs()
    desk.reads("tickets", "refund", "1", "--by", "Kim")
    said = desk.is_refused("tickets", decision[0], "1", "--by", "Lee", *decision[1:])
    assert "There is no open ticket 1. Nothing was changed." in said


def test_a_ticket_that_never_was_is_not_there(desk: Desk) -> None:
    assert "There is no ticket 7." in desk.is_refused("tickets", "show", "7")
    assert "There is no open ticket 7" in desk.is_refused("tickets", "credit", "7", "--by", "Kim")


def test_a_credit_puts_all_that_waits_on_the_account_and_tells_the_payer(desk: Desk) -> None:
    desk.differs(9000)
    assert desk.reads("tickets", "credit", "1", "--by", "Kim") == ["90.00 USD is on the account. The ticket is closed."]
    assert (desk.book("unapplied"), owes(desk)) == (0, 8420 - 9000)
    assert [parcel["text"] for parcel in desk.parcels("text")] == [
        "Prairie Light & Gas: $90.00 that came in for account ...5678 is on that account now. "
        "Questions? Call (217) 555-0199."
    ]


def owes(desk: Desk) -> int:
    ana = desk.ledger.account_id(ANA)
    with desk.engine.begin() as connection:
        return receivable(connection, ana)


def test_a_credit_is_posted_with_its_charge_over_the_open_periods(desk: Desk) -> None:
    taken = desk.stranger(10000)
    desk.reads("tickets", "credit", "1", "--by", "Kim", "--account", DEV.reveal())
    of_it = (
        select(entry.c.minor, entry.c.bill_id.is_(None))
        .join(journal, journal.c.id == entry.c.journal_id)
        .where(journal.c.cause == "credit:ticket:1", journal.c.charge_id == taken.id, entry.c.book == "receivable")
        .order_by(entry.c.id)
    )
    with desk.engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(of_it)] == [(-6000, True), (-4000, False)]


def test_a_credit_is_told_to_billing_as_a_correction(desk: Desk) -> None:
    desk.stranger()
    desk.reads("tickets", "credit", "1", "--by", "Kim", "--account", ANA.reveal())
    [row] = desk.ledger.remit().rows
    assert (row["kind"], row["amount"], row["payment_id"], row["cause"]) == (
        "correction",
        "50.00",
        "",
        "credit:ticket:1",
    )


def test_a_bill_that_comes_again_changed_does_not_take_a_credited_strangers_money_away(desk: Desk) -> None:
    desk.stranger(5000)
    desk.reads("tickets", "credit", "1", "--by", "Kim", "--account", ANA.reveal())
    desk.ledger.bill(ANA, "2026-10-14", 8520)
    assert owes(desk) == 8520 - 5000


def test_whose_a_strangers_money_is_has_to_be_said(desk: Desk) -> None:
    desk.stranger()
    assert "--account NUMBER" in desk.is_refused("tickets", "credit", "1", "--by", "Kim")
    assert "no such account" in desk.is_refused("tickets", "credit", "1", "--by", "Kim", "--account", "0099999999")
    assert "digits" in desk.is_refused("tickets", "credit", "1", "--by", "Kim", "--account", "Ana's")
    assert desk.book("unapplied") == -5000


def test_money_whose_account_is_known_goes_on_no_other(desk: Desk) -> None:
    desk.differs()
    said = desk.is_refused("tickets", "credit", "1", "--by", "Kim", "--account", DEV.reveal())
    assert "leave --account out" in said


def test_a_refund_sends_back_what_waits_of_that_charge(desk: Desk) -> None:
    taken = desk.differs(9000)
    assert desk.reads("tickets", "refund", "1", "--by", "Kim") == ["90.00 USD will be sent back. The ticket is closed."]
    assert desk.parcels("give_back") == [{"charge": taken.id, "minor": 9000}]
    assert desk.book("unapplied") == -9000


def test_a_strangers_money_can_be_sent_back(desk: Desk) -> None:
    taken = desk.stranger()
    desk.reads("tickets", "refund", "1", "--by", "Kim")
    assert desk.parcels("give_back") == [{"charge": taken.id, "minor": 5000}]


@pytest.mark.parametrize("decision", ["credit", "refund"])
def test_money_that_is_being_sent_back_is_not_decided_about_again(desk: Desk, decision: str) -> None:
    taken = desk.differs()
    desk.reads("tickets", "refund", "1", "--by", "Kim")
    desk.ticket("refund_failed", "again", charge=taken)
    assert "on its way back" in desk.is_refused("tickets", decision, "2", "--by", "Kim")


def test_money_that_went_to_stripe_to_be_sent_back_is_left_alone_until_stripe_tells(desk: Desk) -> None:
    taken = desk.differs()
    desk.reads("tickets", "refund", "1", "--by", "Kim")
    desk.ticket("refund_failed", "refund_failed:re_2", charge=taken)
    with desk.engine.begin() as connection:
        connection.execute(outbox.update().values(state="sent", done_at=desk.clock.now(), provider_id="re_1"))
    assert "on its way back" in desk.is_refused("tickets", "credit", "2", "--by", "Kim")
    with desk.engine.begin() as connection:
        connection.execute(outbox.update().values(provider_id="re_2"))
    assert desk.reads("tickets", "credit", "2", "--by", "Kim") == ["90.00 USD is on the account. The ticket is closed."]


def test_money_that_is_on_an_account_already_is_not_credited_again(desk: Desk) -> None:
    taken = desk.differs()
    desk.reads("tickets", "credit", "1", "--by", "Kim")
    desk.ticket("difference", "again", charge=taken)
    assert "None of this money waits any more" in desk.is_refused("tickets", "credit", "2", "--by", "Kim")
    assert owes(desk) == 8420 - 9000


def test_a_ticket_about_no_money_of_ours_can_only_be_closed(desk: Desk) -> None:
    desk.ticket("payout_failed", "po_1", Money(100))
    assert "about no money that we hold" in desk.is_refused("tickets", "credit", "1", "--by", "Kim")


def test_two_who_decide_at_once_move_the_money_once(desk: Desk) -> None:
    desk.differs()
    with ThreadPoolExecutor(4) as pool:
        decisions = ["credit", "refund"] * 2
        codes = list(pool.map(lambda what: desk.types("tickets", what, "1", "--by", "Kim").exit_code, decisions))
    assert sorted(codes) == [0, 1, 1, 1]
    assert (desk.book("unapplied") == 0) != (len(desk.parcels("give_back")) == 1)


def test_an_open_link_that_asks_more_than_is_owed_by_now_is_turned_off(desk: Desk) -> None:
    waiting = desk.ledger.ask()
    with desk.engine.begin() as connection:
        values = {"link_id": "plink_1", "balance": 8421}
        connection.execute(payment.update().where(payment.c.id == waiting.reveal()).values(values))
    desk.differs(1000)
    desk.reads("tickets", "credit", "1", "--by", "Kim")
    with desk.engine.begin() as connection:
        assert connection.scalar(select(payment.c.withdrawn_at).where(payment.c.id == waiting.reveal())) is not None


def test_open_tickets_are_counted_by_kind_for_prometheus(desk: Desk) -> None:
    desk.differs()
    figures = ticket_figures(desk.engine).decode()
    assert 'guestpay_open_tickets{kind="sum_differs"} 1.0' in figures
    assert 'guestpay_open_tickets{kind="dispute"} 0.0' in figures


def test_while_sql_is_away_nobody_knows_how_many_there_are() -> None:
    assert ticket_figures(connect("sqlite:////no/such/folder/x.db")) == b""
