"""The webhook's door: labelled requests, what each is answered, and that no bad one moves a cent."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from handlers.payments.webhook import webhook_routes
from sandbox.stripe_objects import Thing
from tests.fakes import FakeClock
from tests.payments.world import NEW_SECRET, World, signed

Header = Callable[[bytes, int], str | None]


@dataclass(frozen=True)
class Case:
    """A request: what is done to a good event, to its body, to its header; the status it gets."""

    label: str
    status: int
    change: Callable[[Thing], Thing] = lambda event: event
    body: Callable[[bytes], bytes] = lambda body: body
    header: Header = signed


def changed(**change: object) -> Callable[[Thing], Thing]:
    return lambda event: {**event, **change}


def both(body: bytes, now: int) -> str:
    return f"{signed(body, now, 'whsec_old')},{signed(body, now).partition(',')[2]}"


CASES = [
    Case("good", 200),
    Case("good, by the newer secret", 200, header=lambda body, now: signed(body, now, NEW_SECRET)),
    Case("good, the second of two signatures", 200, header=both),
    Case("good, 300 s old", 200, header=lambda body, now: signed(body, now - 300)),
    Case("good, with an unknown scheme beside", 200, header=lambda body, now: signed(body, now) + ",v9=00"),
    Case("bad signature", 400, header=lambda body, now: signed(body, now, "whsec_wrong")),
    Case("body changed after signing", 400, header=lambda body, now: signed(body + b" ", now)),
    Case("no signature", 400, header=lambda body, now: None),
    Case("empty signature", 400, header=lambda body, now: ""),
    Case("v0 only", 400, header=lambda body, now: signed(body, now, scheme="v0")),
    Case("301 s old", 400, header=lambda body, now: signed(body, now - 301)),
    Case("301 s in the future", 400, header=lambda body, now: signed(body, now + 301)),
    Case("the year 2036", 400, header=lambda body, now: signed(body, 2_082_758_400)),
    Case("no time", 400, header=lambda body, now: signed(body, now).partition(",")[2]),
    Case("two times", 400, header=lambda body, now: f"t={now},{signed(body, now)}"),
    Case("time in Arabic digits", 400, header=lambda body, now: signed(body, now).replace("t=1", "t=\u0661")),
    Case("time of 5000 digits", 400, header=lambda body, now: "t=" + "9" * 5000 + ",v1=00"),
    Case("signature that is no ASCII", 400, header=lambda body, now: f"t={now},v1=\u00e9"),
    Case("5 MB", 413, body=lambda body: body + b" " * 5_000_000),
    Case("bad JSON", 400, body=lambda body: body[:-1]),
    Case("bad Unicode", 400, body=lambda body: body.replace(b"evt_", b"\xff\xfe")),
    Case("no body", 400, body=lambda body: b""),
    Case("a list", 400, body=lambda body: b"[]"),
    Case("null", 400, body=lambda body: b"null"),
    Case("nested very deep", 400, body=lambda body: b"[" * 500_000),
    Case("NUL in the id", 400, change=changed(id="evt_\0")),
    Case("id that is a number", 400, change=changed(id=7)),
    Case("id that goes on for ever", 400, change=changed(id="evt_" + "a" * 10_000)),
    Case("no type", 400, change=changed(type=None)),
    Case("no object", 400, change=changed(data={})),
    Case("a thin event of the newer kind", 400, change=changed(object="v2.core.event")),
    Case("created in words", 400, change=changed(created="today")),
    Case("created far beyond the calendar", 400, change=changed(created=10**20)),
    Case("livemode in words", 400, change=changed(livemode="false")),
    Case("the other livemode", 200, change=changed(livemode=True)),
    Case("unknown type", 200, change=changed(type="customer.created")),
    Case("object that Stripe does not know", 200, change=changed(data={"object": {"id": "cs_test_none"}})),
]
PAYING = [case for case in CASES if case.label.startswith("good")]
REFUSED = [case for case in CASES if case.status != 200]
IGNORED = [case for case in CASES if case not in PAYING and case not in REFUSED]


def send(world: World, case: Case) -> int:
    """Somebody paid; the event of it arrives as the case says."""
    record = world.link()
    world.sandbox.till.pay_by_card(world.visit(record))
    now = int(world.clock.now().timestamp())
    event = case.change({**world.events_of("checkout.session.completed")[-1], "created": now})
    body = case.body(json.dumps(event).encode())
    return world.post(body, case.header(body, now)).status_code


@pytest.mark.parametrize("case", PAYING, ids=lambda case: case.label)
def test_a_good_request_posts_the_payment(world: World, case: Case) -> None:
    assert send(world, case) == case.status
    assert len(world.causes()) == 1


@pytest.mark.parametrize("case", IGNORED, ids=lambda case: case.label)
def test_what_means_nothing_to_us_is_taken_and_moves_nothing(world: World, case: Case) -> None:
    assert send(world, case) == 200
    assert (world.causes(), world.texts(), world.told) == ([], [], [])


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.label)
def test_a_bad_request_is_refused_and_nothing_at_all_is_written(world_on_sqlite: World, case: Case) -> None:
    world = world_on_sqlite
    assert send(world, case) == case.status
    assert (world.causes(), world.texts(), world.told, world.judged()) == ([], [], [], [])


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_good", " "]])
def test_a_webhook_without_a_secret_does_not_start(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="secret"):
        webhook_routes(lambda event: None, secrets, FakeClock())
