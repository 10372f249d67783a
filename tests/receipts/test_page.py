"""The receipt's page: everything about the payment, nothing about the account but its last digits."""

import re
from collections.abc import Mapping

import pytest

from bot.money import Money
from tests.payments.test_crashes import AWAY, crash_at
from tests.payments.world import World
from tests.receipts.reading import facts, page, pdf_bytes, proof, words

UNKNOWN = "x" * 21 + "A"


def test_a_receipt_tells_everything_about_the_payment(world: World) -> None:
    record = world.link()
    world.pay(record)
    end = record.id.reveal()[-8:].upper()
    assert page(world, record).startswith(
        "Prairie Light & Gas Receipt Prairie Light & Gas has received this payment. Thank you. As of Nov 22, 2026 "
        "Paid on Nov 22, 2026, 12:00 PM CST Account ending in 5678 Paid by Card "
        f"Reference {end[:4]}-{end[4:]} Bill $84.20 For Oct 14 to Nov 12, 2026 $84.20 Fee $1.75 Total paid $85.95 "
    )


def test_a_receipt_says_how_to_check_it(world: World) -> None:
    record = world.link()
    world.pay(record)
    assert "Open pay.prairie.example/check yourself, type the receipt code" in page(world, record)
    assert facts(world, record)["receipt"] in page(world, record)


def test_the_signed_facts_say_the_same(world: World) -> None:
    record = world.link(method="bank")
    session = world.visit(record)
    world.sandbox.till.pay_by_bank(session)
    world.deliver(world.events_of("checkout.session.completed")[-1])
    world.clock.pass_time(days=3)
    world.sandbox.till.settle_bank(session, good=True)
    world.deliver(world.events_of("checkout.session.async_payment_succeeded")[-1])
    world.clock.pass_time(days=1)
    end = record.id.reveal()[-8:].upper()
    said = proof(world, record)["text"]
    assert re.sub(r"\nreceipt: \S+", "\nreceipt: ...", said) == (
        "guestpay-receipt: 2\nissuer: https://pay.prairie.example\nutility: Prairie Light & Gas\n"
        f"receipt: ...\nreference: {end[:4]}-{end[4:]}\naccount-ending: 5678\n"
        "paid-at: 2026-11-25T12:00:00-06:00\nmethod: bank\ncurrency: USD\nbill: 84.20\ncredit: 0.00\nfee: 0.00\n"
        "not-owed: 0.00\ntotal: 84.20\n"
        "period: 2026-10-14/2026-11-12 84.20\nstanding: paid\ndispute: none\nsent-back: 0.00\ncharged-back: 0.00\n"
        "going-back: 0.00\nwaiting: 0.00\nstill-paid: 84.20\nas-of: 2026-11-26\n"
    )


def test_what_is_more_than_was_owed_is_named_so(world: World) -> None:
    first, second = world.link(amount=Money(5000)), world.link()
    world.pay(first)
    world.pay(second)
    assert "For Oct 14 to Nov 12, 2026 $34.20 Credit for the next bill $50.00" in page(world, second)


def test_a_receipt_in_spanish_is_in_spanish(world: World) -> None:
    record = world.link(language="es")
    world.pay(record)
    assert "Total pagado $85.95" in page(world, record)
    assert '<html lang="es">' in world.web.get(f"/r/{record.receipt_token}").text


def test_whoever_checks_a_receipt_may_read_it_in_their_own_language(world: World) -> None:
    record = world.link(language="es")
    world.pay(record)
    assert 'href="?language=en" lang="en" hreflang="en">English</a>' in world.web.get(f"/r/{record.receipt_token}").text
    assert "Total paid $85.95" in page(world, record, language="en")


def test_there_is_no_receipt_before_the_money(world: World) -> None:
    record = world.link()
    assert "Not paid yet" in page(world, record)


@pytest.mark.parametrize("form", [".json", ".pdf"])
def test_there_is_no_proof_before_the_money(world: World, form: str) -> None:
    answer = world.web.get(f"/r/{world.link().receipt_token}{form}")
    assert answer.status_code == 404
    assert "Not paid yet" in answer.text


def test_the_receipt_of_a_pending_debit_says_that_it_is_pending(world: World) -> None:
    record = world.link(method="bank")
    world.sandbox.till.pay_by_bank(world.visit(record))
    world.deliver(world.events_of("checkout.session.completed")[-1])
    assert "The payment is on its way" in page(world, record)


def test_nothing_of_the_account_but_its_last_digits_is_anywhere(world: World) -> None:
    record = world.link()
    world.pay(record)
    home = f"/r/{record.receipt_token}"
    shown = world.web.get(home).data + world.web.get(f"{home}.json").data + pdf_bytes(world, record)
    for secret in (b"0012345678", b"12345678", b"45678", b"Alvarez", b"Maple", b"62701", b"5550111", b"ana@"):
        assert secret not in shown
    assert record.id.reveal().encode() not in shown
    assert record.token.encode() not in shown


@pytest.mark.parametrize("form", ["", ".json", ".pdf"])
@pytest.mark.parametrize("token", [UNKNOWN, "a", "'; drop table payment", "é" * 10, "x" * 5000, "%00", "keys2"])
def test_an_unknown_token_is_the_same_page_whatever_it_looks_like(
    world_on_sqlite: World, token: str, form: str
) -> None:
    usual, odd = world_on_sqlite.web.get(f"/r/{UNKNOWN}"), world_on_sqlite.web.get(f"/r/{token}{form}")
    assert (odd.status_code, odd.data) == (404, usual.data)


@pytest.mark.parametrize("change", [lambda token: token[:-2] + "zA", lambda token: token.swapcase()])
def test_a_changed_token_leads_nowhere(world_on_sqlite: World, change: Mapping[str, str]) -> None:
    world = world_on_sqlite
    record = world.link()
    world.pay(record)
    assert world.web.get(f"/r/{change(record.receipt_token)}").status_code == 404  # type: ignore[operator]


def test_the_token_of_the_link_is_no_receipt(world_on_sqlite: World) -> None:
    record = world_on_sqlite.link()
    world_on_sqlite.pay(record)
    assert world_on_sqlite.web.get(f"/r/{record.token}").status_code == 404


@pytest.mark.parametrize("form", ["", ".json", ".pdf"])
def test_no_browser_keeps_it_and_no_search_engine_lists_it(world_on_sqlite: World, form: str) -> None:
    world = world_on_sqlite
    record = world.link()
    world.pay(record)
    headers = world.web.get(f"/r/{record.receipt_token}{form}").headers
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("form", ["", ".json", ".pdf"])
def test_when_sql_is_away_it_says_to_come_again(world_on_sqlite: World, form: str) -> None:
    world = world_on_sqlite
    record = world.link()
    with crash_at(world, "SELECT", AWAY):
        answer = world.web.get(f"/r/{record.receipt_token}{form}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "charged nothing" in answer.text


def test_a_page_has_its_headings_in_order_and_names_its_rows(world_on_sqlite: World) -> None:
    world = world_on_sqlite
    record = world.link()
    world.pay(record)
    html = world.web.get(f"/r/{record.receipt_token}").text
    assert re.findall(r"<h(\d)", html) == ["1", "2"]
    assert html.count("<tr") == html.count('<th scope="row">') == html.count("<td>") == 8
    assert "<caption>As of Nov 22, 2026</caption>" in html
    assert "<script" not in html and "style=" not in html
    assert words(html)
