"""The till's page: a button for whatever Stripe and the banks would do."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from sandbox.server import Sandbox
from tests.sandbox.hand import Hand
from tests.sandbox.stub import ORDER


def press(hand: Hand, address: str, **form: str) -> str:
    """Press a button; the page that comes back."""
    return hand.network.post(f"{hand.sandbox.url}/stripe/{address}", data=form).text


def newest(hand: Hand, kind: str) -> Any:
    return hand.sandbox.till.store.all(kind)[0]


@pytest.fixture
def visit(hand: Hand) -> str:
    """A session that was paid by card."""
    session = hand.visit()
    hand.sandbox.till.pay_by_card(session)
    return str(session["id"])


@pytest.mark.parametrize(("written", "minor"), [("", 8595), ("10", 1000), ("$12.50", 1250), (" 85.95 ", 8595)])
def test_all_or_part_is_refunded(hand: Hand, visit: str, written: str, minor: int) -> None:
    press(hand, visit, act="refund", amount=written)
    assert newest(hand, "refund")["amount"] == minor


def test_an_amount_that_is_none_is_explained(hand: Hand, visit: str) -> None:
    assert "Write the amount like 12.50" in press(hand, visit, act="refund", amount="ten")


def test_more_than_was_paid_is_not_refunded(hand: Hand, visit: str) -> None:
    assert "greater than unrefunded amount" in press(hand, visit, act="refund", amount="100")


def test_a_refund_fails(hand: Hand, visit: str) -> None:
    press(hand, visit, act="refund")
    refund = newest(hand, "refund")
    assert "failed" in press(hand, f"refunds/{refund['id']}", act="bad")
    assert refund["status"] == "failed"


@pytest.mark.parametrize(("result", "word"), [("won", "Win"), ("lost", "Lose")])
def test_a_dispute_is_won_or_lost(hand: Hand, visit: str, result: str, word: str) -> None:
    assert word in press(hand, visit, act="dispute")
    dispute = newest(hand, "dispute")
    press(hand, f"disputes/{dispute['id']}", act="answer")
    press(hand, f"disputes/{dispute['id']}", act=result)
    assert dispute["status"] == result


def test_an_inquiry_is_escalated(hand: Hand, visit: str) -> None:
    press(hand, visit, act="inquire")
    dispute = newest(hand, "dispute")
    press(hand, f"disputes/{dispute['id']}", act="escalate")
    assert dispute["status"] == "needs_response"


def test_the_balance_is_paid_out(hand: Hand, visit: str) -> None:
    assert "Pay out" in press(hand, "balance", act="ripen")
    press(hand, "balance", act="pay-out")
    payout = newest(hand, "payout")
    assert "paid" in press(hand, f"payouts/{payout['id']}", act="good")
    assert payout["status"] == "paid"


def test_what_is_below_zero_is_shown_as_such(hand: Hand, visit: str) -> None:
    assert "-$85.95" in press(hand, visit, act="refund")


def test_an_act_that_there_is_not_is_refused(hand: Hand, visit: str) -> None:
    assert hand.network.post(f"{hand.sandbox.url}/stripe/{visit}", data={"act": "keep"}).status_code == 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_small_phone(browser: Browser, sandbox: Sandbox, scheme: Any) -> None:
    till = sandbox.till
    for _ in range(2):
        charge = till.pay_by_card(till.links.visit(till.links.make(ORDER)))
        till.ripen(at_once=True)
        till.pay_out()
    till.refund({"charge": charge["id"], "amount": 100})
    till.dispute(charge, inquiry=True)
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{sandbox.url}/stripe")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box and box["height"] >= 44 and box["x"] + box["width"] <= 320
    context.close()
