"""The state is derived from facts: whatever order they come in, it never goes back, and money has the last word."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.money import Money
from bot.names import Address, PaymentId
from handlers.payments.records import Record
from handlers.payments.state import FORWARD, since, state
from tests.fakes import FakeClock

START = FakeClock().now()
LIFE = timedelta(hours=1)
FACTS = (
    "linked_at", "opened_at", "expired_at", "withdrawn_at", "pending_at", "failed_at", "paid_at", "posted_at",
    "disputed_at", "dispute_won_at", "refunded_at", "charged_back_at",
)  # fmt: skip
MONEY_IS_GONE = ("refunded_at", "charged_back_at")
MINUTES = st.integers(0, 120)


def record(**facts: object) -> Record:
    blank: dict[str, object] = {
        "id": PaymentId("pay_" + "0" * 32),
        "utility": "prairie",
        "account_id": 1,
        "last4": "5678",
        "payer": Address("sms", "+12175550111"),
        "language": "en",
        "amount": Money(8420),
        "fee": Money(175),
        "balance": Money(8420),
        "method": "card",
        "version": 1,
        "token": "t",
        "receipt_token": "r",
        "requested_at": START,
        "expires_at": START + LIFE,
    }
    return Record(**{**blank, **facts})  # type: ignore[arg-type]


def at(minutes: int) -> object:
    return START + timedelta(minutes=minutes)


@settings(deadline=None)
@given(st.permutations(FACTS), st.lists(MINUTES, min_size=len(FACTS), max_size=len(FACTS)))
def test_the_state_never_goes_back_whatever_order_the_facts_come_in(order: list[str], minutes: list[int]) -> None:
    known: dict[str, object] = {}
    seen = [state(record(), START)]
    for fact, minute in zip(order, sorted(minutes), strict=True):
        known[fact] = at(minute)
        seen.append(state(record(**known), START + timedelta(minutes=minute)))
    forward = [name for name, _ in FORWARD]
    places = [forward.index(one) for one in seen]
    assert places == sorted(places)


@settings(deadline=None)
@given(st.sets(st.sampled_from(FACTS)), st.sampled_from(FACTS), MINUTES)
def test_a_new_fact_never_moves_the_state_back(facts: set[str], new: str, now: int) -> None:
    forward = [name for name, _ in FORWARD]
    before = dict.fromkeys(facts, at(0))
    one, other = (
        state(record(**known), START + timedelta(minutes=now)) for known in (before, {**before, new: at(now)})
    )
    assert forward.index(one) <= forward.index(other)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([fact for fact in FACTS if fact not in MONEY_IS_GONE]), MINUTES), MINUTES)
def test_a_paid_payment_is_paid_whatever_became_of_its_link(facts: dict[str, int], now: int) -> None:
    known = {name: at(minute) for name, minute in facts.items()} | {"paid_at": at(0)}
    assert state(record(**known), START + timedelta(minutes=now)) in ("paid", "posted")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FACTS), MINUTES), MINUTES)
def test_a_payment_that_was_sent_back_is_never_called_paid(facts: dict[str, int], now: int) -> None:
    known = {name: at(minute) for name, minute in facts.items()} | {"paid_at": at(0), "refunded_at": at(1)}
    assert state(record(**known), START + timedelta(minutes=now)) in ("refunded", "charged_back")


@settings(deadline=None)
@given(st.sets(st.sampled_from(FACTS)), MINUTES)
def test_a_dispute_alone_changes_no_state(facts: set[str], now: int) -> None:
    known = dict.fromkeys(facts - {"disputed_at", "dispute_won_at"}, at(0))
    moment = START + timedelta(minutes=now)
    disputed = {**known, "disputed_at": at(0), "dispute_won_at": at(0)}
    assert state(record(**disputed), moment) == state(record(**known), moment)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FACTS), MINUTES), MINUTES, MINUTES)
def test_time_alone_only_lets_a_link_expire(facts: dict[str, int], now: int, later: int) -> None:
    one = record(**{name: at(minute) for name, minute in facts.items()})
    before = state(one, START + timedelta(minutes=now))
    after = state(one, START + timedelta(minutes=now + later))
    assert after in (before, "expired")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FACTS), MINUTES), MINUTES)
def test_the_instant_told_is_that_of_the_fact_that_gives_the_state(facts: dict[str, int], now: int) -> None:
    one = record(**{name: at(minute) for name, minute in facts.items()})
    instants = {START, START + LIFE, *(START + timedelta(minutes=minute) for minute in facts.values())}
    assert since(one, START + timedelta(minutes=now)) in instants


def test_a_link_past_its_time_is_expired_before_anybody_wrote_it_down() -> None:
    assert state(record(linked_at=START), START + LIFE) == "expired"


def test_a_record_shows_no_more_than_the_end_of_its_reference() -> None:
    assert repr(record()) == "<Record ...0000>"
