"""Links: one payment for one confirmation, one open link for one person and account (RULES M1, M3, M4, M7)."""

from contextlib import suppress
from threading import Event

import pytest
import stripe

from bot.errors import Refused, Unavailable
from bot.money import Money
from bot.ports import LinkComing, LinkReady
from handlers.payments import stripe_client
from sandbox.server import Sandbox
from tests.cast import BENS_PHONE, MARY, texting
from tests.payments.test_crashes import Crash, crash_at
from tests.payments.world import ANA_TEXTS, BASE, STRIPE_KEY, World
from tests.sandbox.oracles import stripe_oracle


def test_a_confirmed_order_becomes_a_short_link_on_our_own_domain(world: World) -> None:
    ready = world.payments.request(world.order())
    assert isinstance(ready, LinkReady)
    assert ready.url == f"{BASE}/p/{world.record(ready.payment).token}"


def test_the_link_lives_as_long_as_the_utility_says(world: World) -> None:
    ready = world.payments.request(world.order())
    assert isinstance(ready, LinkReady)
    assert (ready.until - world.clock.now()).total_seconds() == 3600


def test_stripe_is_asked_for_bill_and_fee_as_two_lines(world: World) -> None:
    record = world.link()
    lines = world.client.v1.payment_links.line_items.list(record.link_id or "").data
    assert [(line.description, line.amount_total) for line in lines] == [
        ("Prairie Light & Gas bill, account ending in 5678", 8420),
        ("Fee for paying this way", 175),
    ]


def test_there_is_no_fee_line_without_a_fee(world: World) -> None:
    record = world.link(method="bank")
    lines = world.client.v1.payment_links.line_items.list(record.link_id or "").data
    assert [line.amount_total for line in lines] == [8420]


def test_one_payment_closes_the_link_and_our_reference_is_on_it_and_on_the_intent(world: World) -> None:
    record = world.link()
    link = world.client.v1.payment_links.retrieve(record.link_id or "")
    reference = {"payment": record.id.reveal()}
    assert link.restrictions
    assert link.restrictions.completed_sessions.limit == 1
    assert link.metadata.to_dict() == reference
    assert link.payment_intent_data
    assert link.payment_intent_data.metadata.to_dict() == reference


def test_no_account_number_ever_goes_to_stripe(world: World) -> None:
    world.link()
    assert not any("0012345678" in seen.form for seen in world.sandbox.requests)


def test_the_same_confirmation_gives_the_same_link_again(world: World) -> None:
    order = world.order()
    assert world.payments.request(order) == world.payments.request(order)
    assert world.payments_written() == 1


def test_a_confirmation_that_comes_again_after_the_payment_hands_out_no_link(world: World) -> None:
    order = world.order(amount=Money(2000))
    ready = world.payments.request(order)
    world.pay(world.record(ready.payment))
    with pytest.raises(Refused, match="already settled"):
        world.payments.request(order)


def test_a_confirmation_that_comes_again_the_next_day_hands_out_no_link(world: World) -> None:
    order = world.order()
    world.payments.request(order)
    world.clock.pass_time(days=1)
    with pytest.raises(Refused, match="already settled"):
        world.payments.request(order)


def test_a_confirmation_that_comes_again_after_the_link_was_withdrawn_hands_out_no_link(world: World) -> None:
    order = world.order()
    world.payments.withdraw(world.payments.request(order).payment)
    with pytest.raises(Refused, match="already settled"):
        world.payments.request(order)


def test_another_person_cannot_have_a_payment_by_its_message_id(world: World) -> None:
    world.payments.request(world.order(confirmed_by="SM1"))
    with pytest.raises(Refused):
        world.payments.request(world.order(confirmed_by="SM1", payer=texting(BENS_PHONE)))


def test_a_new_sum_turns_the_old_link_off(world: World) -> None:
    old, new = world.link(), world.link(amount=Money(5000))
    world.carry_due("close_link")
    assert (world.active(old), world.active(new)) == (False, True)


def test_a_link_for_another_account_stays_on(world: World) -> None:
    old = world.link()
    world.link(number=MARY, amount=Money(6145))
    world.carry_due("close_link")
    assert world.active(old)


def test_a_new_order_leaves_a_paid_one_alone(world: World) -> None:
    paid = world.link(amount=Money(5000))
    world.pay(paid)
    world.link(amount=Money(1000))
    assert world.record(paid.id).withdrawn_at is None


def test_a_withdrawn_link_is_turned_off(world: World) -> None:
    record = world.link()
    world.payments.withdraw(record.id)
    world.carry_due("close_link")
    assert not world.active(record)


def test_a_page_that_is_open_on_a_withdrawn_link_takes_no_money_any_more(world: World) -> None:
    record = world.link()
    session = world.visit(record)
    world.payments.withdraw(record.id)
    world.carry_due("close_link")
    assert session["status"] == "expired"


def test_a_page_that_is_open_when_time_is_up_may_still_be_paid(world: World) -> None:
    session = world.visit(world.link())
    world.clock.pass_time(hours=1)
    world.carry_due("close_link")
    assert session["status"] == "open"


def test_a_visit_that_ended_meanwhile_does_not_keep_the_link_from_being_closed(world: World) -> None:
    record = world.link()
    world.visit(record)
    world.payments.withdraw(record.id)
    world.sandbox.fail_next("stripe", status=400, path="/expire")
    world.carry_due("close_link")
    assert not world.active(record)


def test_withdrawing_a_paid_payment_changes_nothing(world: World) -> None:
    record = world.link()
    world.pay(record)
    world.payments.withdraw(record.id)
    assert world.record(record.id).withdrawn_at is None


def test_a_link_is_turned_off_when_its_time_is_up_and_the_conversation_hears_of_it(world: World) -> None:
    record = world.link()
    world.clock.pass_time(minutes=60)
    world.carry_due("close_link")
    assert not world.active(record)
    assert world.record(record.id).expired_at == world.clock.now()
    assert world.told == [("prairie", ANA_TEXTS, "link_expired")]


def test_before_its_time_nothing_is_turned_off(world: World) -> None:
    record = world.link()
    world.clock.pass_time(minutes=59)
    world.carry_due("close_link")
    assert world.active(record)


def test_a_paid_link_does_not_run_out(world: World) -> None:
    record = world.link()
    world.pay(record)
    world.clock.pass_time(minutes=60)
    world.carry_due("close_link")
    assert world.record(record.id).expired_at is None


def test_a_link_ends_in_time_though_stripe_is_away(world: World) -> None:
    record = world.link()
    world.clock.pass_time(minutes=60)
    world.sandbox.fail_next("stripe", status=503)
    with pytest.raises(Unavailable):
        world.carry_due("close_link")
    world.carry_due("close_link")
    assert not world.active(record)
    assert world.told == [("prairie", ANA_TEXTS, "link_expired")]


AWAY = [{"status": 500}, {"status": 503}, {"status": 429}, {"lost": True}, {"lost": True, "done": True}]
REFUSING = {"status": 400}


@pytest.mark.parametrize("how", AWAY)
def test_a_stripe_that_is_away_shows_no_link_and_the_next_confirmation_gets_one(
    world: World, how: dict[str, object]
) -> None:
    world.sandbox.fail_next("stripe", **how)
    with pytest.raises(Unavailable):
        world.payments.request(world.order())
    assert isinstance(world.payments.request(world.order()), LinkReady)


@pytest.mark.parametrize("how", [*AWAY, REFUSING])
def test_when_no_link_was_made_none_is_promised(world: World, how: dict[str, object]) -> None:
    world.sandbox.fail_next("stripe", **how)
    with pytest.raises((Unavailable, Refused)):
        world.payments.request(world.order())
    assert world.payments.latest("prairie", ANA_TEXTS) is None


@pytest.mark.parametrize("how", [*AWAY, REFUSING])
def test_when_no_link_was_made_the_same_message_again_makes_none_and_asks_for_another(
    world: World, how: dict[str, object]
) -> None:
    order = world.order()
    world.sandbox.fail_next("stripe", **how)
    for _ in range(2):
        with pytest.raises((Unavailable, Refused)) as failed:
            world.payments.request(order)
    assert failed.type is Unavailable
    assert (world.payments_written(), world.payments.latest("prairie", ANA_TEXTS)) == (1, None)


@pytest.mark.parametrize("how", [*AWAY, REFUSING])
def test_when_no_new_link_was_made_the_old_one_works_and_is_shown(world: World, how: dict[str, object]) -> None:
    old = world.link()
    world.clock.pass_time(minutes=1)
    world.sandbox.fail_next("stripe", **how)
    with pytest.raises((Unavailable, Refused)):
        world.payments.request(world.order(amount=Money(5000)))
    world.carry_due("close_link")
    assert world.active(old)
    latest = world.payments.latest("prairie", ANA_TEXTS)
    assert latest and latest.link_url == f"{BASE}/p/{old.token}"


def test_a_request_that_stripe_refuses_is_refused(world: World) -> None:
    world.sandbox.fail_next("stripe", status=400)
    with pytest.raises(Refused):
        world.payments.request(world.order())


def test_a_stopped_stripe_is_unavailable(world: World, sandbox: Sandbox) -> None:
    sandbox.stop()
    with pytest.raises(Unavailable):
        world.payments.request(world.order())


@pytest.fixture
def hurried(world: World) -> World:
    """A turn that waits for a twentieth of a second, and a Stripe that answers when it is let go."""
    quick = stripe_client.client(STRIPE_KEY, world.sandbox.url, 0.05)
    world.use(quick, world.client)
    return world


def carry_in_the_end(world: World, kind: str = "make_link") -> None:
    """Do it as the outbox would: again, while the first request is still being worked on or broke."""
    for _ in range(1000):
        with suppress(Unavailable):
            return world.carry_due(kind)
    raise AssertionError("it was never done")


def test_when_stripe_is_slow_the_link_is_made_by_the_outbox_and_texted(hurried: World) -> None:
    hold = Event()
    hurried.sandbox.fail_next("stripe", hold=hold)
    coming = hurried.payments.request(hurried.order())
    assert isinstance(coming, LinkComing)
    hold.set()
    carry_in_the_end(hurried)
    record = hurried.record(coming.payment)
    assert hurried.texts() == [
        f"Prairie Light & Gas: pay $85.95 here: {BASE}/p/{record.token} The link works until 1:00 PM."
    ]
    assert hurried.active(record)


def late(world: World) -> LinkComing:
    """A payment whose link Stripe was too slow to make."""
    hold = Event()
    world.sandbox.fail_next("stripe", hold=hold, status=503)
    coming = world.payments.request(world.order())
    hold.set()
    assert isinstance(coming, LinkComing)
    return coming


def test_a_late_link_is_texted_once_however_often_the_parcel_comes(hurried: World) -> None:
    late(hurried)
    hurried.use(hurried.client, hurried.client)
    carry_in_the_end(hurried)
    hurried.carry_due("make_link")
    assert len(hurried.texts()) == 1


def test_the_old_link_works_until_the_late_one_is_there(hurried: World) -> None:
    hurried.use(hurried.client, hurried.client)
    old = hurried.link(amount=Money(5000))
    hurried.use(stripe_client.client(STRIPE_KEY, hurried.sandbox.url, 0.05), hurried.client)
    coming = late(hurried)
    hurried.carry_due("close_link")
    assert hurried.active(old)
    carry_in_the_end(hurried)
    hurried.carry_due("close_link")
    assert (hurried.active(old), hurried.active(hurried.record(coming.payment))) == (False, True)


def test_a_late_link_does_not_come_after_a_newer_one(hurried: World) -> None:
    coming = late(hurried)
    hurried.clock.pass_time(seconds=10)
    hurried.use(hurried.client, hurried.client)
    newer = hurried.link(amount=Money(5000))
    carry_in_the_end(hurried)
    carry_in_the_end(hurried, "close_link")
    assert hurried.record(coming.payment).link_id is None
    assert (hurried.texts(), hurried.active(newer)) == ([], True)


def test_a_late_link_that_is_not_wanted_any_more_is_not_made(hurried: World) -> None:
    coming = late(hurried)
    hurried.payments.withdraw(coming.payment)
    hurried.carry_due("make_link")
    assert hurried.record(coming.payment).link_id is None
    assert hurried.texts() == []


def test_when_no_link_could_be_made_in_time_the_person_is_told(hurried: World) -> None:
    late(hurried)
    hurried.clock.pass_time(hours=1)
    hurried.carry_due("make_link")
    assert hurried.texts() == [
        "Prairie Light & Gas: sorry, we could not make your payment link. Nothing was charged. "
        "Reply PAY to try again, or call (217) 555-0199."
    ]


def test_every_request_to_stripe_is_one_that_stripe_takes(world: World) -> None:
    oracle = stripe_oracle()
    record = world.link()
    world.pay(record)
    charge = world.sandbox.till.store.all("charge")[-1]
    world.sandbox.till.refund({"charge": charge["id"]})
    world.deliver(world.events_of("refund.created")[-1])
    world.link(method="bank", amount=Money(5000))
    withdrawn = world.link(amount=Money(1000))
    world.visit(withdrawn)
    world.payments.withdraw(withdrawn.id)
    world.carry_due("close_link")
    ours = [seen for seen in world.sandbox.requests if seen.counterpart == "stripe"]
    assert {seen.method for seen in ours} == {"GET", "POST"}
    for seen in ours:
        path = f"{seen.path}?{seen.query}" if seen.query else seen.path
        assert oracle.check_request(seen.method, path, seen.form) == []


def active_links(world: World) -> int:
    return sum(bool(link["active"]) for link in world.sandbox.till.store.all("payment_link"))


def test_a_link_whose_answer_was_lost_is_found_and_turned_off(world: World) -> None:
    world.sandbox.fail_next("stripe", lost=True, done=True)
    with pytest.raises(Unavailable):
        world.payments.request(world.order())
    assert active_links(world) == 1
    world.carry_due("close_link")
    assert active_links(world) == 0


def test_a_link_made_just_before_we_died_is_turned_off_when_its_time_is_up(world: World) -> None:
    with crash_at(world, "UPDATE payment SET link_id"), pytest.raises(Crash):
        world.payments.request(world.order())
    assert active_links(world) == 1
    world.clock.pass_time(minutes=61)
    world.carry_due("close_link")
    assert active_links(world) == 0


def test_where_stripe_refused_there_is_no_link_to_turn_off(world: World) -> None:
    world.sandbox.fail_next("stripe", status=400, times=2)
    with pytest.raises(Refused):
        world.payments.request(world.order())
    world.carry_due("close_link")
    assert world.links == ["refused"]


def test_figures_hear_what_came_of_each_link(world: World) -> None:
    world.sandbox.fail_next("stripe", status=503)
    with pytest.raises(Unavailable):
        world.payments.request(world.order())
    world.payments.withdraw(world.link().id)
    world.carry_due("close_link")
    assert world.links == ["unavailable", "made", "closed", "closed"]


def test_stripes_telemetry_is_off_and_requests_carry_our_own_idempotency_key(world: World) -> None:
    record = world.link()
    world.link(amount=Money(5000))
    headers = [seen.headers for seen in world.sandbox.requests]
    assert headers[0]["Idempotency-Key"] == f"{record.id.reveal()}:1"
    assert not any("X-Stripe-Client-Telemetry" in one for one in headers)


def test_the_client_takes_the_address_of_stripe_itself_when_none_is_given() -> None:
    assert isinstance(stripe_client.client("sk_live_x", None, 3.0), stripe.StripeClient)
