"""Paying on the checkout page, over HTTP, and what Stripe then tells the app."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import requests
import stripe

from sandbox.server import Sandbox
from tests.sandbox.stub import ORDER, WEBHOOK_SECRET, StubApp
from tests.sandbox.test_stripe_api import raw

Get = Callable[[str], Any]


@pytest.fixture
def get(sandbox: Sandbox, oracle: ModuleType) -> Get:
    """GETs an object and holds it against Stripe's specification."""

    def get(path: str) -> Any:
        thing = raw(sandbox, "GET", f"/v1/{path}").json()
        for one in thing["data"] if thing["object"] == "list" else [thing]:
            assert oracle.check(one["object"], one) == []
        return thing

    return get


def open_visit(link: Any) -> str:
    answer = requests.get(link.url, allow_redirects=False, timeout=5)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def pay(page: str, way: str) -> requests.Response:
    return requests.post(page, data={"way": way}, timeout=5)


def events(app: StubApp) -> list[Any]:
    """What arrived at the webhook, its signature checked by the real SDK."""
    return [
        stripe.Webhook.construct_event(told.body, told.headers["Stripe-Signature"], WEBHOOK_SECRET).to_dict()
        for told in app.of("/stripe/webhook")
    ]


@pytest.fixture
def link(client: stripe.StripeClient) -> Any:
    return client.v1.payment_links.create(params=ORDER)


def test_every_visit_opens_a_session_of_its_own(link: Any, get: Get) -> None:
    assert open_visit(link) != open_visit(link)
    assert len(get(f"checkout/sessions?payment_link={link.id}")["data"]) == 2


def test_a_session_has_the_links_metadata_lines_and_total(link: Any, get: Get) -> None:
    session = get("checkout/sessions/" + open_visit(link).rsplit("/", 1)[1])
    assert (session["metadata"], session["amount_total"], session["status"]) == ({"payment": "p-1"}, 8595, "open")
    lines = get(f"checkout/sessions/{session['id']}/line_items")["data"]
    assert [line["amount_total"] for line in lines] == [8420, 175]


def test_a_good_card_pays(link: Any, sandbox: Sandbox, app: StubApp) -> None:
    assert "Thank you" in pay(open_visit(link), "card").text
    assert sandbox.quiet()
    assert [event["type"] for event in events(app)] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_every_event_is_valid(link: Any, sandbox: Sandbox, app: StubApp, oracle: ModuleType) -> None:
    page = open_visit(link)
    pay(page, "declined")
    pay(page, "card")
    bank = sandbox.till.links.visit(sandbox.till.store.get("payment_link", link.id))
    sandbox.till.pay_by_bank(bank)
    sandbox.till.settle_bank(bank, good=True)
    sandbox.till.refund({"payment_intent": bank["payment_intent"], "amount": 100})
    failing = sandbox.till.links.visit(sandbox.till.store.get("payment_link", link.id))
    sandbox.till.pay_by_bank(failing)
    sandbox.till.settle_bank(failing, good=False)
    sandbox.till.expire(sandbox.till.links.visit(sandbox.till.store.get("payment_link", link.id)))
    assert sandbox.quiet()
    faults = {event["type"]: oracle.check_event(event) for event in (json.loads(told.body) for told in app.told)}
    assert len(faults) >= 13
    assert not any(faults.values())


def test_a_paid_session_leads_to_intent_charge_and_balance(link: Any, get: Get) -> None:
    page = open_visit(link)
    pay(page, "card")
    session = get("checkout/sessions/" + page.rsplit("/", 1)[1])
    intent = get(f"payment_intents/{session['payment_intent']}")
    charge = get(f"charges/{intent['latest_charge']}")
    balance = get(f"balance_transactions/{charge['balance_transaction']}")
    assert (session["payment_status"], intent["status"], charge["paid"]) == ("paid", "succeeded", True)
    assert intent["metadata"] == charge["metadata"] == {"payment": "p-1"}
    assert balance["amount"] == 8595


def test_a_declined_card_pays_nothing_and_may_be_tried_again(link: Any, get: Get) -> None:
    page = open_visit(link)
    assert "declined" in pay(page, "declined").text
    assert get("checkout/sessions/" + page.rsplit("/", 1)[1])["status"] == "open"
    assert "Thank you" in pay(page, "card").text


def test_a_bank_payment_is_pending_first(link: Any, sandbox: Sandbox, app: StubApp, get: Get) -> None:
    page = open_visit(link)
    assert "on its way" in pay(page, "bank").text
    session = get("checkout/sessions/" + page.rsplit("/", 1)[1])
    assert (session["status"], session["payment_status"]) == ("complete", "unpaid")
    assert get(f"payment_intents/{session['payment_intent']}")["status"] == "processing"
    assert sandbox.quiet()
    assert [event["type"] for event in events(app)][-1] == "checkout.session.completed"


@pytest.mark.parametrize(
    ("act", "kind", "payment_status"),
    [
        ("bank-paid", "checkout.session.async_payment_succeeded", "paid"),
        ("bank-failed", "checkout.session.async_payment_failed", "unpaid"),
    ],
)
def test_the_tills_buttons_end_a_bank_payment(
    link: Any, sandbox: Sandbox, app: StubApp, get: Get, act: str, kind: str, payment_status: str
) -> None:
    page = open_visit(link)
    pay(page, "bank")
    session = page.rsplit("/", 1)[1]
    requests.post(f"{sandbox.url}/stripe/{session}", data={"act": act}, timeout=5)
    assert sandbox.quiet()
    assert events(app)[-1]["type"] == kind
    assert get(f"checkout/sessions/{session}")["payment_status"] == payment_status


def test_a_bank_payment_can_settle_by_itself(app: StubApp, sandbox: Sandbox, link: Any) -> None:
    sandbox.setting.bank_settles_after = 0.0
    session = open_visit(link).rsplit("/", 1)[1]
    sandbox.till.pay_by_bank(sandbox.till.store.get("checkout.session", session))
    assert sandbox.quiet()
    assert sandbox.till.store.get("checkout.session", session)["payment_status"] == "paid"


def test_after_the_limit_the_link_shows_its_message(link: Any, client: stripe.StripeClient) -> None:
    pay(open_visit(link), "card")
    assert "This link is off." in requests.get(link.url, timeout=5).text
    assert not client.v1.payment_links.retrieve(link.id).active


def test_a_link_that_was_turned_off_shows_its_message(link: Any, client: stripe.StripeClient) -> None:
    client.v1.payment_links.update(link.id, params={"active": False})
    assert "This link is off." in requests.get(link.url, timeout=5).text


def test_the_limit_does_not_stop_a_session_that_is_open(link: Any, get: Get) -> None:
    first, second = open_visit(link), open_visit(link)
    pay(first, "card")
    assert "Thank you" in pay(second, "card").text
    assert len(get("charges")["data"]) == 2


def test_one_session_is_paid_once(link: Any, get: Get) -> None:
    page = open_visit(link)
    pay(page, "card")
    assert "Thank you" in pay(page, "card").text
    assert len(get("charges")["data"]) == 1


def test_a_redirect_follows_a_payment_if_the_link_says_so(client: stripe.StripeClient, app: StubApp) -> None:
    after: Any = {"type": "redirect", "redirect": {"url": app.url + "/done?s={CHECKOUT_SESSION_ID}"}}
    link = client.v1.payment_links.create(params={**ORDER, "after_completion": after})
    page = open_visit(link)
    answer = requests.post(page, data={"way": "card"}, allow_redirects=False, timeout=5)
    assert answer.headers["Location"] == f"{app.url}/done?s={page.rsplit('/', 1)[1]}"


def test_a_way_that_the_link_does_not_take_is_refused(client: stripe.StripeClient) -> None:
    link = client.v1.payment_links.create(params={**ORDER, "payment_method_types": ["card"]})
    page = open_visit(link)
    assert "Bank account" not in requests.get(page, timeout=5).text
    assert "does not take" in pay(page, "bank").text


def test_an_expired_session_cannot_be_paid(
    link: Any, client: stripe.StripeClient, sandbox: Sandbox, app: StubApp
) -> None:
    page = open_visit(link)
    client.v1.checkout.sessions.expire(page.rsplit("/", 1)[1])
    assert "expired" in pay(page, "card").text
    assert sandbox.quiet()
    assert [event["type"] for event in events(app)] == ["checkout.session.expired"]


def test_a_refund_goes_back_once(
    link: Any, client: stripe.StripeClient, sandbox: Sandbox, app: StubApp, get: Get
) -> None:
    pay(open_visit(link), "card")
    charge = get("charges")["data"][0]
    made = client.v1.refunds.create(params={"payment_intent": charge["payment_intent"], "reason": "duplicate"})
    assert get(f"refunds/{made.id}")["amount"] == 8595
    assert get(f"charges/{charge['id']}")["refunded"]
    assert sandbox.quiet()
    assert [event["type"] for event in events(app)][-2:] == ["refund.created", "charge.refunded"]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create(params={"charge": charge["id"]})
    assert caught.value.code == "charge_already_refunded"


def test_part_of_a_charge_can_be_refunded(link: Any, client: stripe.StripeClient, get: Get) -> None:
    pay(open_visit(link), "card")
    charge = get("charges")["data"][0]
    client.v1.refunds.create(params={"charge": charge["id"], "amount": 5000})
    shown = get(f"charges/{charge['id']}?expand[]=refunds")
    assert (shown["amount_refunded"], shown["refunded"], len(shown["refunds"]["data"])) == (5000, False, 1)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create(params={"charge": charge["id"], "amount": 5000})


def test_a_webhook_is_tried_until_it_is_taken(link: Any, sandbox: Sandbox, app: StubApp) -> None:
    app.statuses = [500, 403]
    session = open_visit(link).rsplit("/", 1)[1]
    sandbox.till.expire(sandbox.till.store.get("checkout.session", session))
    delivery = sandbox.till.webhooks.deliveries[0]
    assert delivery.taken.wait(10)
    assert [outcome for _, outcome in delivery.attempts] == ["500", "403", "200"]


def test_an_event_can_be_sent_twice(link: Any, sandbox: Sandbox, app: StubApp) -> None:
    pay(open_visit(link), "card")
    assert sandbox.quiet()
    event = sandbox.till.webhooks.deliveries[-1].event["id"]
    requests.post(f"{sandbox.url}/stripe/events/{event}", timeout=5)
    assert sandbox.quiet()
    assert [told["id"] for told in events(app)].count(event) == 2


def test_events_can_be_read_from_the_api(link: Any, get: Get) -> None:
    pay(open_visit(link), "card")
    listed = get("events?type=checkout.session.completed")["data"]
    assert get(f"events/{listed[0]['id']}")["data"]["object"]["payment_status"] == "paid"


def test_expansion_reaches_through_intent_to_charge(link: Any, get: Get) -> None:
    page = open_visit(link)
    pay(page, "card")
    expand = "expand[]=payment_intent.latest_charge&expand[]=line_items"
    session = get(f"checkout/sessions/{page.rsplit('/', 1)[1]}?{expand}")
    assert session["payment_intent"]["latest_charge"]["paid"]
    assert len(session["line_items"]["data"]) == 2


def test_the_till_page_lists_what_happened(link: Any, sandbox: Sandbox) -> None:
    pay(open_visit(link), "card")
    page = requests.get(f"{sandbox.url}/stripe", timeout=5).text
    assert "$85.95" in page
    assert "checkout.session.completed" in page


def test_an_unknown_link_is_404(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.url}/pay/plink_none", timeout=5).status_code == 404
