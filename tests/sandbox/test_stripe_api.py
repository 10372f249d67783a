"""The miniature Stripe, through the real SDK and against Stripe's own specification."""

import threading
from types import ModuleType
from typing import Any

import pytest
import requests
import stripe

from sandbox.server import Sandbox
from tests.sandbox.stub import ORDER, STRIPE_KEY, StubApp


def order(amount: int = 8420, **more: Any) -> Any:
    line = {"price_data": {"currency": "usd", "product_data": {"name": "Bill"}, "unit_amount": amount}, "quantity": 1}
    return {"line_items": [line], **more}


def raw(sandbox: Sandbox, method: str, path: str, data: Any = None, key: str = STRIPE_KEY) -> requests.Response:
    return requests.request(method, sandbox.url + path, data=data, auth=(key, "") if key else None, timeout=5)


def test_a_link_is_made_read_listed_and_turned_off(client: stripe.StripeClient, oracle: ModuleType) -> None:
    made = client.v1.payment_links.create(params=ORDER)
    assert oracle.check("payment_link", made.to_dict()) == []
    assert client.v1.payment_links.retrieve(made.id).to_dict() == made.to_dict()
    assert [link.id for link in client.v1.payment_links.list().data] == [made.id]
    off = client.v1.payment_links.update(made.id, params={"active": False})
    assert not off.active
    assert client.v1.payment_links.list(params={"active": True}).data == []


def test_links_lines_prices_and_products_are_valid(
    client: stripe.StripeClient, sandbox: Sandbox, oracle: ModuleType
) -> None:
    made = client.v1.payment_links.create(params=ORDER)
    lines = raw(sandbox, "GET", f"/v1/payment_links/{made.id}/line_items").json()["data"]
    assert [(line["description"], line["amount_total"]) for line in lines] == [("Bill", 8420), ("Fee", 175)]
    for line in lines:
        assert oracle.check("item", line) == []
        assert oracle.check("price", raw(sandbox, "GET", f"/v1/prices/{line['price']['id']}").json()) == []
        assert oracle.check("product", raw(sandbox, "GET", f"/v1/products/{line['price']['product']}").json()) == []


def test_what_the_sdk_sends_is_what_stripe_takes(
    client: stripe.StripeClient, sandbox: Sandbox, oracle: ModuleType
) -> None:
    made = client.v1.payment_links.create(params=ORDER)
    client.v1.payment_links.update(made.id, params={"active": False})
    client.v1.checkout.sessions.list(params={"payment_link": made.id, "limit": 3})
    for seen in sandbox.requests:
        path = f"{seen.path}?{seen.query}" if seen.query else seen.path
        assert oracle.check_request(seen.method, path, seen.form) == []


@pytest.mark.parametrize(
    ("data", "code", "param"),
    [
        ({}, "parameter_missing", "line_items"),
        ({"line_items[0][quantity]": "1", "lines": "1"}, "parameter_unknown", "lines"),
        ({"line_items[0][quantity]": "1"}, "parameter_missing", "line_items[0][price]"),
        ({"line_items[0][quantity]": "x"}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items[0][price_data][currency]": "usd"}, "parameter_missing", "line_items[0][quantity]"),
        (
            {"line_items[0][quantity]": "1", "line_items[0][colour]": "red"},
            "parameter_unknown",
            "line_items[0][colour]",
        ),
    ],
)
def test_wrong_parameters_are_refused_as_stripe_does(sandbox: Sandbox, data: Any, code: str, param: str) -> None:
    answer = raw(sandbox, "POST", "/v1/payment_links", data)
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["param"]) == (code, param)


def test_less_than_50_cents_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.create(params=order(49))
    assert caught.value.code == "amount_too_small"


def test_more_than_a_million_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.create(params=order(100_000_000))
    assert caught.value.code == "amount_too_large"


@pytest.mark.parametrize("key", ["", "sk_test_other"])
def test_a_wrong_key_is_401(sandbox: Sandbox, key: str) -> None:
    assert raw(sandbox, "GET", "/v1/payment_links", key=key).status_code == 401


def test_the_sdk_takes_a_wrong_key_for_an_authentication_error(sandbox: Sandbox) -> None:
    http = stripe.RequestsClient()
    other = stripe.StripeClient("sk_test_other", base_addresses={"api": sandbox.url}, http_client=http)
    with pytest.raises(stripe.AuthenticationError):
        other.v1.payment_links.list()
    http.close()


def test_an_unknown_link_is_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.retrieve("plink_1nothing")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_an_unknown_path_is_404(sandbox: Sandbox) -> None:
    assert raw(sandbox, "GET", "/v1/nothing").status_code == 404


def test_every_answer_has_a_request_id(client: stripe.StripeClient) -> None:
    made = client.v1.payment_links.create(params=ORDER)
    assert made.last_response
    assert made.last_response.request_id.startswith("req_")


def test_the_same_key_gives_the_same_link(client: stripe.StripeClient) -> None:
    first = client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})
    again = client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})
    assert again.id == first.id
    assert again.last_response
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_the_same_key_with_other_parameters_is_refused(client: stripe.StripeClient) -> None:
    client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.payment_links.create(params=order(100), options={"idempotency_key": "p-1/1"})


def test_a_stored_500_is_replayed(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.fail_next("stripe", status=500)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})


def test_too_many_requests_are_not_stored(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.fail_next("stripe", status=429)
    with pytest.raises(stripe.RateLimitError):
        client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})
    assert client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"}).active


def test_a_lost_answer_is_found_again_by_its_key(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.fail_next("stripe", lost=True, done=True)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})
    made = client.v1.payment_links.create(params=ORDER, options={"idempotency_key": "p-1/1"})
    assert [link.id for link in client.v1.payment_links.list().data] == [made.id]


def test_a_lost_request_leaves_nothing(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.fail_next("stripe", lost=True)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_links.create(params=ORDER)
    assert client.v1.payment_links.list().data == []


def test_two_requests_at_once_with_one_key_conflict(sandbox: Sandbox) -> None:
    slow = sandbox.fail_next("stripe", hold=threading.Event())
    headers = {"Idempotency-Key": "p-1/1", "Authorization": f"Bearer {STRIPE_KEY}"}
    form = {
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "500",
        "line_items[0][price_data][product_data][name]": "Bill",
    }

    def post() -> requests.Response:
        return requests.post(f"{sandbox.url}/v1/payment_links", data=form, headers=headers, timeout=20)

    first: list[requests.Response] = []
    thread = threading.Thread(target=lambda: first.append(post()))
    thread.start()
    assert slow.begun.wait(10)
    second = post()
    slow.hold.set()
    thread.join()
    assert (first[0].status_code, second.status_code) == (200, 409)


def test_an_outage_refuses_connections_and_keeps_what_was_made(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    made = client.v1.payment_links.create(params=ORDER)
    sandbox.stop()
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_links.retrieve(made.id)
    sandbox.start()
    assert client.v1.payment_links.retrieve(made.id).id == made.id


def test_lists_come_in_pages(client: stripe.StripeClient) -> None:
    made = [client.v1.payment_links.create(params=ORDER).id for _ in range(5)]
    page = client.v1.payment_links.list(params={"limit": 2})
    assert ([link.id for link in page.data], page.has_more) == (made[:-3:-1], True)
    assert [link.id for link in page.auto_paging_iter()] == made[::-1]


def test_lines_can_be_expanded(client: stripe.StripeClient, sandbox: Sandbox, oracle: ModuleType) -> None:
    made = client.v1.payment_links.create(params={**ORDER, "expand": ["line_items"]})
    assert made.line_items
    assert len(made.line_items.data) == 2
    shown = raw(sandbox, "GET", f"/v1/payment_links/{made.id}?expand[]=line_items").json()
    assert oracle.check("payment_link", shown) == []


def test_what_cannot_be_expanded_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_links.create(params={**ORDER, "expand": ["url"]})


def test_two_lines_in_two_currencies_are_refused(client: stripe.StripeClient) -> None:
    mixed: Any = order()
    mixed["line_items"].append({"price_data": {"currency": "eur", "unit_amount": 100, "product_data": {"name": "x"}}})
    mixed["line_items"][1]["quantity"] = 1
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_links.create(params=mixed)


def test_metadata_is_merged_and_an_empty_value_removes(client: stripe.StripeClient) -> None:
    made = client.v1.payment_links.create(params=ORDER)
    changed = client.v1.payment_links.update(made.id, params={"metadata": {"payment": "", "more": "1"}})
    assert changed.metadata.to_dict() == {"more": "1"}


def test_a_stub_app_is_not_told_of_links(client: stripe.StripeClient, sandbox: Sandbox, app: StubApp) -> None:
    client.v1.payment_links.create(params=ORDER)
    assert sandbox.quiet()
    assert app.told == []
