"""In a real browser: text from the phone page, tap the link, pay, see the receipt arrive, open it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.house import House

WIDTHS = {320: 640, 1280: 800}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_ana_pays_from_her_phone_and_opens_the_receipt(page: Page, house: House) -> None:
    page.goto(house.sandbox.url)
    phone = page.get_by_role("region", name="Phone 1")
    log = phone.get_by_role("log")

    def text(words: str, answer: str) -> None:
        phone.get_by_label("Message", exact=True).fill(words)
        phone.get_by_role("button", name="Send").click()
        expect(log.locator(".in").last).to_contain_text(answer)

    text("PAY", "Reply 1")
    text("1", "owes $84.20")
    text("1", "= $85.95")
    text("1", "Pay $85.95 here")
    with page.expect_popup() as opened:
        log.get_by_role("link").last.click()
    checkout = opened.value
    expect(checkout.get_by_role("heading")).to_contain_text("$85.95")
    checkout.get_by_role("button", name="Pay $85.95").click()
    expect(checkout.get_by_role("heading")).to_contain_text("Thank you")
    expect(log.locator(".in").last).to_contain_text("Nothing is left to pay", timeout=20_000)
    text("RECEIPT", "/r/")
    with page.expect_popup() as opened:
        log.get_by_role("link").last.click()
    receipt = opened.value
    expect(receipt.get_by_role("heading", level=1)).to_have_text("Receipt")
    expect(receipt.get_by_role("main")).to_contain_text("$85.95")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_small_phone_and_a_screen(
    browser: Browser, house: House, tmp_path: Path, scheme: str
) -> None:
    """The pictures stay in the test's folder, to be looked at."""
    payer = house.newcomer()
    paid = house.link(payer)
    house.pay(paid)
    house.reads(payer.phone, "thank you")
    receipt = re.search(r"\S+/r/\S+", house.text(payer.phone, "RECEIPT"))
    assert receipt
    addresses = {
        "phone": house.sandbox.url,
        "checkout": house.tap(house.link(house.newcomer())),
        "receipt": receipt[0],
        "paid": paid,
        "check": f"{house.url}/check",
    }
    troubles: list[str] = []
    for width, height in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        for name, address in addresses.items():
            page.goto(address)
            page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                troubles.append(f"{name} is wider than {width}")
        context.close()
    assert troubles == []
