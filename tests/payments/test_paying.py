"""Paying: what an event of Stripe's does to the ledger, the payment, the texts and the talk (RULES M2, M5, M6)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import AlreadySettled
from bot.money import Money
from handlers.ledger.tables import entry
from handlers.payments.event import Event
from sandbox.stripe_objects import Thing
from tests.cast import ELIS_PHONE, MARY, texting
from tests.payments.test_crashes import Crash, crash_at
from tests.payments.world import ANA_OWES, ANA_TEXTS, World


def completed(world: World) -> Thing:
    return world.events_of("checkout.session.completed")[-1]


def found(world: World, charge: Thing) -> Event:
    """What reconciliation makes of a charge that the ledger does not know."""
    return Event(f"found:{charge['balance_transaction']}", "charge.found", charge["id"], world.clock.now(), False)


def test_a_payment_by_card_is_posted_in_balanced_entries(world: World) -> None:
    world.pay(world.link())
    assert (world.book("stripe"), world.book("fees"), world.owed(world.account_id())) == (8595, -175, Money(0))


def test_the_payer_is_thanked_and_told_that_nothing_is_left(world: World) -> None:
    world.pay(world.link())
    assert world.texts() == [
        "Prairie Light & Gas: thank you! We got $85.95 for account ...5678. Nothing is left to pay. "
        "Reply RECEIPT for a copy."
    ]


def test_after_a_part_payment_the_payer_reads_what_remains(world: World) -> None:
    world.pay(world.link(amount=Money(5000)))
    assert world.texts() == [
        "Prairie Light & Gas: thank you! We got $51.75 for account ...5678. Still to pay: $34.20. "
        "Reply RECEIPT for a copy."
    ]


def test_the_receipt_is_in_the_payers_language(world: World) -> None:
    world.pay(world.link(payer=texting(ELIS_PHONE), number=MARY, amount=Money(6145), language="es"))
    assert world.texts()[0].startswith("Prairie Light & Gas: ¡gracias! Recibimos $63.20")


def test_a_language_that_is_not_spoken_any_more_becomes_english(world: World) -> None:
    world.pay(world.link(language="fr"))
    assert "thank you" in world.texts()[0]


def test_no_text_about_a_payment_has_a_link_in_it(world: World) -> None:
    world.pay(world.link())
    assert not any("http" in text for text in world.texts())


def test_a_payer_in_web_chat_is_texted_nothing(world: World) -> None:
    record = world.link(payer=type(ANA_TEXTS)("web", "visitor-1"))
    world.pay(record)
    assert world.texts() == []
    assert world.told[0][2] == "paid"


def test_the_conversation_is_told_after_the_commit(world: World) -> None:
    world.pay(world.link())
    assert world.told == [("prairie", ANA_TEXTS, "paid")]


def test_a_conversation_that_cannot_be_told_loses_nothing(world: World) -> None:
    world.deaf = RuntimeError("Redis is away")
    world.pay(world.link())
    assert len(world.causes()) == 1


def test_a_repeated_event_is_answered_and_does_nothing_more(world: World) -> None:
    world.pay(world.link())
    assert world.deliver(completed(world)).status_code == 200
    assert (len(world.causes()), len(world.texts()), len(world.told)) == (1, 1, 1)


def test_the_same_event_in_eight_threads_at_once_is_one_posting(world: World) -> None:
    world.sandbox.till.pay_by_card(world.visit(world.link()))
    event = completed(world)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: world.deliver(event).status_code, range(8)))
    assert statuses == [200] * 8
    assert (len(world.causes()), len(world.texts())) == (1, 1)


def test_two_different_events_of_one_session_at_once_are_one_posting(world: World) -> None:
    world.sandbox.till.pay_by_card(world.visit(world.link()))
    event = completed(world)
    events = [{**event, "id": f"evt_{number}"} for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(world.deliver, events))
    assert (len(world.causes()), len(world.texts())) == (1, 1)


def test_a_payment_of_another_sum_is_kept_apart_and_told_and_a_person_looks(world: World) -> None:
    session = world.visit(world.link())
    session["amount_total"] += 1
    world.sandbox.till.pay_by_card(session)
    assert world.deliver(completed(world)).status_code == 200
    assert (world.book("stripe"), world.book("unapplied"), world.owed(world.account_id())) == (8596, -8596, ANA_OWES)
    assert world.tickets() == [("sum_differs", 8596)]
    assert world.texts() == [
        "Prairie Light & Gas: $85.96 came in for account ...5678, not the sum we asked for. "
        "It is safe with us, and a person looks at it. Questions? (217) 555-0199"
    ]


def test_a_payment_in_another_currency_is_kept_in_that_currency_and_pays_nothing(world: World) -> None:
    session = world.visit(world.link())
    session["currency"] = "cad"
    world.sandbox.till.pay_by_card(session)
    world.deliver(completed(world))
    assert (world.tickets(), world.owed(world.account_id())) == ([("sum_differs", 8595)], ANA_OWES)
    with world.engine.begin() as connection:
        currencies = set(connection.execute(select(entry.c.currency).where(entry.c.book == "unapplied")).scalars())
    assert currencies == {"CAD"}


STRANGERS = [{}, {"payment": "pay_" + "0" * 32}, {"payment": "' or 1=1"}]


@pytest.mark.parametrize("metadata", STRANGERS)
def test_money_of_no_payment_of_ours_is_kept_on_nobodys_account_and_a_person_looks(
    world: World, metadata: Thing
) -> None:
    session = world.visit(world.link())
    session["metadata"] = metadata
    world.sandbox.till.pay_by_card(session)
    assert world.deliver(completed(world)).status_code == 200
    assert (world.book("stripe"), world.book("unapplied"), world.owed(world.account_id())) == (8595, -8595, ANA_OWES)
    assert (world.tickets(), world.texts()) == ([("unknown_payment", 8595)], [])
    with world.engine.begin() as connection:
        whose = connection.execute(select(entry.c.account_id).where(entry.c.book == "unapplied")).scalars().all()
    assert whose == [None]


@pytest.mark.parametrize("metadata", STRANGERS)
def test_a_debit_of_no_payment_of_ours_is_nothing_until_its_money_comes(world: World, metadata: Thing) -> None:
    session = world.visit(world.link(method="bank"))
    session["metadata"] = metadata
    world.sandbox.till.pay_by_bank(session)
    world.deliver(completed(world))
    assert (world.causes(), world.tickets(), world.texts()) == ([], [], [])


def test_a_charge_that_reconciliation_found_is_posted_by_the_visit_that_led_to_it(world: World) -> None:
    charge = world.sandbox.till.pay_by_card(world.visit(world.link()))
    world.events.take(found(world, charge))
    assert (world.causes(), world.owed(world.account_id())) == ([f"paid:{charge['id']}"], Money(0))
    world.deliver(completed(world))
    assert (len(world.causes()), len(world.texts())) == (1, 1)


def test_a_charge_that_no_visit_led_to_is_a_strangers(world: World) -> None:
    session = world.visit(world.link())
    charge = world.sandbox.till.pay_by_card(session)
    session["payment_intent"] = None
    world.events.take(found(world, charge))
    assert (world.tickets(), world.book("unapplied")) == ([("unknown_payment", 8595)], -8595)


def test_a_visit_that_ended_without_a_payment_means_nothing(world: World) -> None:
    world.sandbox.till.expire(world.visit(world.link()))
    world.deliver(world.events_of("checkout.session.expired")[-1])
    assert (world.judged(), world.tickets()) == ([("ignored", "a visit ended")], [])


def test_a_visit_that_makes_no_sense_is_a_ticket(world: World) -> None:
    session = world.visit(world.link())
    world.sandbox.till.pay_by_card(session)
    session["payment_status"] = "no_payment_required"
    world.deliver(completed(world))
    assert (world.judged(), world.tickets()) == (
        [("parked", "neither paid nor being paid")],
        [("unclear_event", None)],
    )


def test_paid_without_a_charge_yet_stripe_is_asked_to_come_again(world: World) -> None:
    world.sandbox.till.pay_by_card(world.visit(world.link()))
    intent = world.sandbox.till.store.all("payment_intent")[0]
    charge, intent["latest_charge"] = intent["latest_charge"], None
    assert world.deliver(completed(world)).status_code == 503
    intent["latest_charge"] = charge
    assert world.deliver(completed(world)).status_code == 200
    assert len(world.causes()) == 1


def test_an_event_may_come_before_we_have_written_the_link_down(world: World) -> None:
    order = world.order()
    with crash_at(world, "UPDATE payment SET link_id"), suppress(Crash):
        world.payments.request(order)
    link = world.sandbox.till.store.all("payment_link")[0]
    world.sandbox.till.pay_by_card(world.sandbox.till.links.visit(link))
    assert world.deliver(completed(world)).status_code == 200
    assert (world.owed(world.account_id()), len(world.texts())) == (Money(0), 1)
    with pytest.raises(AlreadySettled):
        world.payments.request(order)


def test_a_payment_goes_to_the_period_of_the_bill(world: World) -> None:
    world.pay(world.link(amount=Money(5000)))
    with world.engine.begin() as connection:
        bills = connection.execute(select(entry.c.bill_id).where(entry.c.minor == -5000)).scalars().all()
    assert bills != [None] and len(bills) == 1


def test_what_the_event_says_about_money_is_not_believed(world: World) -> None:
    world.link()
    session = world.visit(world.link())
    forged = {**session, "payment_status": "paid", "status": "complete"}
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": forged},
    }
    world.deliver(event)
    assert world.causes() == []


def test_a_bank_debit_is_pending_until_the_bank_has_paid(world: World) -> None:
    record = world.link(method="bank")
    session = world.visit(record)
    world.sandbox.till.pay_by_bank(session)
    world.deliver(completed(world))
    assert (world.causes(), world.told[-1][2]) == ([], "payment_pending")
    world.clock.pass_time(days=2)
    world.sandbox.till.settle_bank(session, good=True)
    world.deliver(world.events_of("checkout.session.async_payment_succeeded")[-1])
    assert (len(world.causes()), world.told[-1][2]) == (1, "paid")
    assert [text.split(": ", 1)[1][:9] for text in world.texts()] == ["your bank", "thank you"]


def test_a_bank_debit_that_fails_tells_the_payer_what_to_do(world: World) -> None:
    session = world.visit(world.link(method="bank"))
    world.sandbox.till.pay_by_bank(session)
    world.deliver(completed(world))
    world.sandbox.till.settle_bank(session, good=False)
    world.deliver(world.events_of("checkout.session.async_payment_failed")[-1])
    assert (world.causes(), world.told[-1][2]) == ([], "payment_failed")
    assert "did not go through" in world.texts()[-1]


def test_the_outcome_may_arrive_before_the_beginning(world: World) -> None:
    session = world.visit(world.link(method="bank"))
    world.sandbox.till.pay_by_bank(session)
    first = completed(world)
    world.sandbox.till.settle_bank(session, good=True)
    world.deliver(world.events_of("checkout.session.async_payment_succeeded")[-1])
    world.deliver(first)
    assert (len(world.causes()), len(world.texts())) == (1, 1)
    latest = world.payments.latest("prairie", ANA_TEXTS)
    assert latest
    assert latest.state == "paid"


def test_a_failure_may_arrive_before_the_beginning(world: World) -> None:
    session = world.visit(world.link(method="bank"))
    world.sandbox.till.pay_by_bank(session)
    first = completed(world)
    world.sandbox.till.settle_bank(session, good=False)
    world.deliver(world.events_of("checkout.session.async_payment_failed")[-1])
    world.deliver(first)
    assert len(world.texts()) == 1
    latest = world.payments.latest("prairie", ANA_TEXTS)
    assert latest
    assert latest.state == "failed"


def test_news_from_the_bank_at_night_waits_for_the_morning(world: World) -> None:
    session = world.visit(world.link(method="bank"))
    world.sandbox.till.pay_by_bank(session)
    world.deliver(completed(world))
    world.clock.pass_time(hours=12)  # midnight in Springfield
    world.sandbox.till.settle_bank(session, good=False)
    world.deliver(world.events_of("checkout.session.async_payment_failed")[-1])
    assert world.parcels("text")[-1].due_at == world.clock.now() + timedelta(hours=8)


def test_a_payment_made_after_its_link_ran_out_still_counts(world: World) -> None:
    record = world.link()
    session = world.visit(record)
    world.clock.pass_time(minutes=61)
    world.carry_due("close_link")
    world.sandbox.till.pay_by_card(session)
    world.deliver(completed(world))
    assert world.owed(world.account_id()) == Money(0)
    latest = world.payments.latest("prairie", ANA_TEXTS)
    assert latest
    assert latest.state == "paid"


def test_a_payment_counts_from_the_day_it_was_made_however_late_we_hear_of_it(world: World) -> None:
    record = world.link()
    world.sandbox.till.pay_by_card(world.visit(record))
    paid_at = world.clock.now()
    world.clock.pass_time(days=3)
    world.deliver(completed(world), created=int(paid_at.timestamp()))
    assert world.record(record.id).paid_at == paid_at


def test_figures_hear_of_the_states_that_payments_reach(world: World) -> None:
    world.pay(world.link())
    assert world.reached == ["paid"]
