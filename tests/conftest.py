"""What every test may ask: of the command line, and of a browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write transcripts anew, as they were really played")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """An installed Chromium, for one module: Playwright allows no second one beside it in the same process."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        (pytest.fail if os.environ.get("GUESTPAY_REQUIRE_ALL") == "1" else pytest.skip)("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
