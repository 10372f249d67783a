"""All of it over HTTP: the short link, Stripe's page, Stripe's own webhook, the receipt; and in a browser."""

import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stripe
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.money import Money
from tests.payments.world import World
from tests.sql import sqlite_engine
from tests.timed import TimedSandbox

CSS = Path(__file__).parents[2] / "handlers" / "payments" / "static" / "pages.css"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, sandbox: TimedSandbox, client: stripe.StripeClient) -> Iterator[tuple[World, str]]:
    """The world at the real time, because Stripe signs by it, and the address where it is served."""
    engine = sqlite_engine(tmp_path)
    world = World(engine, sandbox, client, datetime.now(UTC))
    server = make_server("127.0.0.1", 0, world.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    sandbox.setting.app_url = base
    sandbox.till.webhooks.paused = False
    yield world, base
    sandbox.stop()
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


def test_a_person_pays_on_stripes_page_and_holds_a_receipt(served: tuple[World, str]) -> None:
    world, base = served
    record = world.link()
    with urllib.request.urlopen(f"{base}/p/{record.token}") as checkout:
        paying = urllib.request.Request(checkout.url, data=b"way=card")
    with urllib.request.urlopen(paying) as thanks:
        assert thanks.status == 200
    assert world.sandbox.quiet()
    with urllib.request.urlopen(f"{base}/r/{record.receipt_token}") as receipt:
        assert "$85.95" in receipt.read().decode()
    assert (world.owed(world.account_id()), world.told[-1][2]) == (Money(0), "paid")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_receipt_fits_a_small_phone(served: tuple[World, str], browser: Browser, scheme: str) -> None:
    world, base = served
    record = world.link(language="es")
    world.sandbox.till.pay_by_card(world.visit(record))
    assert world.sandbox.quiet()
    page = browser.new_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)  # type: ignore[arg-type]
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(f"{base}/r/{record.receipt_token}")
    too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    styled = page.evaluate("getComputedStyle(document.querySelector('main')).borderTopLeftRadius")
    page.close()
    assert (too_wide, styled, troubles) == (False, "12px", [])


def colours(block: str) -> dict[str, str]:
    pairs = [line.strip().rstrip(";").split(": #") for line in block.splitlines() if ": #" in line]
    return {name.removeprefix("--"): value for name, value in pairs}


def contrast(one: str, other: str) -> float:
    """WCAG 2.1's contrast ratio of two colours, six hex digits each."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_marks_keep_their_contrast(scheme: int) -> None:
    found = colours(CSS.read_text().split(":root {")[scheme + 1].split("}")[0])
    assert min(contrast(found[name], found["paper"]) for name in ("ink", "soft")) >= 4.5
    assert contrast(found["on-go"], found["go"]) >= 4.5
    assert min(contrast(found[name], found["paper"]) for name in ("good", "wait", "stop", "go")) >= 3
