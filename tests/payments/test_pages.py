"""The payer's pages: the short link leads to Stripe as long as it should, and then says what became of it."""

import re

import pytest

from bot.money import Money
from handlers.payments.records import Record
from tests.cast import ELIS_PHONE, texting
from tests.payments.test_crashes import AWAY, crash_at
from tests.payments.world import World

UNKNOWN = "x" * 22


def text_of(page: str) -> str:
    """What a person reads on a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]).split())


def follow(world: World, record: Record, **headers: str) -> tuple[int, str]:
    answer = world.web.get(f"/p/{record.token}", headers=headers)
    return answer.status_code, text_of(answer.text) if answer.status_code != 303 else answer.location


def test_an_open_link_leads_to_stripe(world: World) -> None:
    record = world.link()
    assert follow(world, record) == (303, record.link_url)


def test_a_person_who_follows_the_link_has_opened_it(world: World) -> None:
    record = world.link()
    follow(world, record)
    assert world.record(record.id).opened_at == world.clock.now()


@pytest.mark.parametrize(
    "headers",
    [
        {"Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"X-Moz": "prefetch"},
        {"User-Agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    ],
)
def test_a_machine_is_led_to_stripe_but_has_not_opened_it(world: World, headers: dict[str, str]) -> None:
    record = world.link()
    assert follow(world, record, **headers)[0] == 303
    assert world.record(record.id).opened_at is None


def test_a_head_request_has_not_opened_it(world: World) -> None:
    record = world.link()
    assert world.web.head(f"/p/{record.token}").status_code == 303
    assert world.record(record.id).opened_at is None


def test_a_person_may_follow_the_link_twice(world: World) -> None:
    record = world.link()
    follow(world, record)
    assert follow(world, record)[0] == 303


def test_a_paid_link_says_so_and_shows_the_way_to_the_receipt(world: World) -> None:
    record = world.link()
    world.pay(record)
    status, page = follow(world, record)
    assert (status, page) == (
        200,
        "Prairie Light & Gas This is paid $85.95 for the account ending in 5678 has been paid. Thank you. "
        "See the receipt".replace("&", "&amp;"),
    )
    assert f'href="/r/{record.receipt_token}"' in world.web.get(f"/p/{record.token}").text


def test_a_link_whose_bank_is_still_sending_says_so(world: World) -> None:
    record = world.link(method="bank")
    world.sandbox.till.pay_by_bank(world.visit(record))
    world.deliver(world.events_of("checkout.session.completed")[-1])
    assert "The bank is sending $84.20" in follow(world, record)[1]


def test_a_link_out_of_time_says_what_to_do(world: World) -> None:
    record = world.link()
    world.clock.pass_time(minutes=60)
    status, page = follow(world, record)
    assert status == 200
    assert "This link has run out" in page
    assert "Text PAY" in page


def test_a_withdrawn_link_says_what_to_do(world: World) -> None:
    record = world.link()
    world.payments.withdraw(record.id)
    assert "Text PAY" in follow(world, record)[1]


def test_a_link_for_more_than_is_owed_by_now_is_turned_off(world: World) -> None:
    anas, elis = world.link(), world.link(payer=texting(ELIS_PHONE))
    world.pay(elis)
    assert "The bill has changed" in follow(world, anas)[1]
    world.carry_due("close_link")
    assert not world.active(anas)


def test_a_link_for_less_than_is_still_owed_stays_open(world: World) -> None:
    anas, elis = world.link(amount=Money(2000)), world.link(amount=Money(3000), payer=texting(ELIS_PHONE))
    world.pay(elis)
    assert follow(world, anas)[0] == 303


@pytest.mark.parametrize("token", [UNKNOWN, "a", "'; drop table payment", "é" * 10, "x" * 5000, "%00"])
def test_an_unknown_token_is_the_same_page_whatever_it_looks_like(world_on_sqlite: World, token: str) -> None:
    usual, odd = world_on_sqlite.web.get(f"/p/{UNKNOWN}"), world_on_sqlite.web.get(f"/p/{token}")
    assert (odd.status_code, odd.data) == (404, usual.data)


def test_a_receipt_token_is_no_payment_link(world: World) -> None:
    record = world.link()
    assert world.web.get(f"/p/{record.receipt_token}").status_code == 404


@pytest.mark.parametrize(("language", "sent"), [("en", "back on Nov 24."), ("es", "el 24 nov.")])
def test_after_a_refund_the_link_says_that_the_money_was_sent_back(world: World, language: str, sent: str) -> None:
    record = world.link(language=language)
    world.pay(record)
    world.clock.pass_time(days=2)
    world.refund()
    page = follow(world, record)[1]
    assert sent in page
    assert not re.search(r"\b(paid|pagado|pagaron)\b", page)
    assert f'href="/r/{record.receipt_token}"' in world.web.get(f"/p/{record.token}").text


def test_after_a_charge_back_the_link_says_that_the_bank_took_it_back(world: World) -> None:
    record = world.link()
    world.pay(record)
    dispute = world.sandbox.till.dispute(world.sandbox.till.store.all("charge")[0])
    world.sandbox.till.close_dispute(dispute, "lost")
    world.deliver(world.events_of("charge.dispute.closed")[-1])
    assert "The bank took this payment back" in follow(world, record)[1]


def test_pages_are_never_kept_by_a_browser(world: World) -> None:
    answers = [world.web.get(path) for path in (f"/p/{world.link().token}", f"/p/{UNKNOWN}", "/")]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer.headers["X-Robots-Tag"] for answer in answers} == {"noindex, nofollow"}


def test_a_page_has_no_script_and_only_our_own_style(world: World) -> None:
    page = world.web.get("/").text
    assert "<script" not in page
    assert "style=" not in page
    with world.web.get(re.findall(r'rel="stylesheet" href="([^"]+)"', page)[0]) as sheet:
        assert sheet.mimetype == "text/css"


def test_an_unknown_page_speaks_the_browsers_language(world_on_sqlite: World) -> None:
    answer = world_on_sqlite.web.get(f"/p/{UNKNOWN}", headers={"Accept-Language": "es-MX,es;q=0.9"})
    assert "No conocemos esta página" in answer.text


def test_when_sql_is_away_the_page_says_to_come_again(world_on_sqlite: World) -> None:
    world = world_on_sqlite
    record = world.link()
    with crash_at(world, "SELECT", AWAY):
        answer = world.web.get(f"/p/{record.token}")
    assert answer.status_code == 503
    assert "charged nothing" in answer.text


def test_brand_and_words_cannot_bring_html_into_a_page(world: World) -> None:
    assert "Light &amp; Gas" in world.web.get(f"/r/{world.link().receipt_token}").text


def test_the_front_page_says_which_number_to_text(world: World) -> None:
    page = world.web.get("/", headers={"Accept-Language": "es"})
    assert page.status_code == 200
    assert "(217) 555-0100" in text_of(page.text)
    assert 'href="sms:+12175550100?body=PAY"' in page.text
    assert '<html lang="es">' in page.text
