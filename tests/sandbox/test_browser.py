"""The pages in a real browser: text from the phone, follow the link, pay."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.server import Sandbox
from tests.sandbox.stub import ORDER, StubApp


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_a_bill_is_paid_from_the_phone(page: Page, sandbox: Sandbox, app: StubApp) -> None:
    link = sandbox.till.links.make(ORDER)
    app.answer = lambda form: f"Pay here: {link['url']}." if form["Body"] == "PAY" else "Text PAY."
    page.goto(sandbox.url)
    phone = page.get_by_role("region", name="Phone 1")
    phone.get_by_label("Message", exact=True).fill("PAY")
    phone.get_by_role("button", name="Send").click()
    log = phone.get_by_role("log")
    expect(log).to_contain_text("Pay here")
    with page.expect_popup() as opened:
        log.get_by_role("link").click()
    checkout = opened.value
    expect(checkout.get_by_role("heading")).to_contain_text("$85.95")
    checkout.get_by_label("is declined").check()
    checkout.get_by_role("button", name="Pay $85.95").click()
    expect(checkout.get_by_role("alert")).to_contain_text("declined")
    checkout.get_by_label("is accepted").check()
    checkout.get_by_role("button", name="Pay $85.95").click()
    expect(checkout.get_by_role("heading")).to_contain_text("Thank you")


def test_a_text_sent_later_appears_by_itself(page: Page, sandbox: Sandbox) -> None:
    page.goto(sandbox.url)
    sandbox.switchboard.send("+12175550111", "Paid. Thank you!", 0, 600, "")
    expect(page.get_by_role("log").first).to_contain_text("Paid. Thank you!")


def test_markup_in_a_text_stays_text(page: Page, sandbox: Sandbox) -> None:
    page.goto(sandbox.url)
    sandbox.switchboard.send("+12175550111", "<img src=x onerror=alert(1)>", 0, 600, "")
    expect(page.get_by_role("log").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("img")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/stripe", "/mail", "checkout"])
def test_nothing_is_wider_than_a_small_phone(page: Page, sandbox: Sandbox, path: str) -> None:
    link = sandbox.till.links.make(ORDER)
    visit: Any = sandbox.till.links.visit(link)
    sandbox.till.pay_by_bank(sandbox.till.links.visit(link))
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(visit["url"] if path == "checkout" else sandbox.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_field_has_a_name(page: Page, sandbox: Sandbox) -> None:
    page.goto(sandbox.url)
    for field in page.locator("input:visible, select:visible, button:visible").all():
        expect(field).to_have_accessible_name(re.compile(r"\w"))
