"""The whole receipt by email: to the holder who pays from the phone on file, and to nobody else."""

from typing import Any

import pytest
from sqlalchemy import update

from bot.names import Address
from handlers.ledger.tables import account
from tests.cast import ELIS_PHONE, texting
from tests.payments.test_paying import completed
from tests.payments.world import ANA_TEXTS, BASE, World


def test_a_holder_who_pays_from_the_phone_on_file_gets_the_whole_receipt_by_email(world: World) -> None:
    record = world.link()
    world.pay(record)
    [mail] = world.parcels("email")
    end = record.id.reveal()[-8:].upper()
    assert (mail.recipient, mail.category, mail.due_at) == ("ana@example.org", "receipt", world.clock.now())
    assert mail.body["subject"] == "Your receipt from Prairie Light & Gas"
    assert mail.body["text"].splitlines() == [
        "Prairie Light & Gas: thank you for your payment.",
        "",
        "Account: ending in 5678",
        "Paid on: Nov 22, 2026, 12:00 PM CST",
        "Paid by: Card",
        f"Reference: {end[:4]}-{end[4:]}",
        "",
        "Bill: $84.20",
        "Fee: $1.75",
        "Total paid: $85.95",
        "",
        f"The same on the web: {BASE}/r/{record.receipt_token}",
        "Questions? Call (217) 555-0199.",
    ]


def test_the_email_is_in_the_payers_language(world: World) -> None:
    world.pay(world.link(language="es"))
    assert "Total pagado: $85.95" in world.parcels("email")[0].body["text"]


def test_the_email_about_a_debit_comes_when_the_bank_has_paid(world: World) -> None:
    session = world.visit(world.link(method="bank"))
    world.sandbox.till.pay_by_bank(session)
    world.deliver(completed(world))
    assert world.parcels("email") == []
    world.clock.pass_time(days=2)
    world.sandbox.till.settle_bank(session, good=True)
    world.deliver(world.events_of("checkout.session.async_payment_succeeded")[-1])
    assert "Paid by: Bank account" in world.parcels("email")[0].body["text"]


def test_events_that_come_again_send_one_email(world: World) -> None:
    world.pay(world.link())
    for number in range(2):
        world.deliver(completed(world), id=f"evt_again_{number}")
    assert len(world.parcels("email")) == 1


@pytest.mark.parametrize("payer", [texting(ELIS_PHONE), Address("web", "visitor-1")])
def test_nobody_else_causes_an_email(world: World, payer: Address) -> None:
    world.pay(world.link(payer=payer))
    assert world.parcels("email") == []


@pytest.mark.parametrize("change", [{"email": None}, {"email": ""}, {"mobile": None}])
def test_without_email_or_mobile_on_file_there_is_none(world: World, change: dict[str, Any]) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(account).values(change))
    world.pay(world.link(payer=ANA_TEXTS))
    assert world.parcels("email") == []


def test_where_no_mail_is_configured_there_is_none(world: World) -> None:
    world.use(world.client, world.client, mail=False)
    world.pay(world.link())
    assert world.parcels("email") == []
