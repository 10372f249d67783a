"""How often things may be tried, and for how long one waits (RULES S1, S2, P3, P5)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from bot.names import AccountNumber, Address
from bot.ports import Locked
from handlers.ledger.tables import attempt
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from tests.cast import ANA, BEN, DEV, ELIS_PHONE, texting
from tests.fakes import FakeClock
from tests.people.desk import stranger

ELI = texting(ELIS_PHONE)
HOUR = timedelta(hours=1)
NOBODYS = AccountNumber("9999999999")


class Counter:
    """Each call is a transaction of its own, as it is in the program."""

    def __init__(self, engine: Engine, tries: Tries) -> None:
        self.engine = engine
        self.tries = tries

    def lookup(self, who: Address, number: AccountNumber, on_file: bool = False) -> Locked | None:
        with self.engine.begin() as connection:
            return self.tries.count_lookup(connection, who, self.tries.subject("prairie", number), on_file)

    def wrong(self, who: Address, number: AccountNumber, on_file: bool = False) -> Locked | None:
        with self.engine.begin() as connection:
            return self.tries.wrong(connection, who, self.tries.subject("prairie", number), on_file)

    def locked(self, who: Address, number: AccountNumber, on_file: bool = False) -> Locked | None:
        with self.engine.begin() as connection:
            return self.tries.locked(connection, who, self.tries.subject("prairie", number), on_file)

    def send(self, who: Address, number: AccountNumber) -> Locked | None:
        with self.engine.begin() as connection:
            return self.tries.key_send_allowed(connection, who, self.tries.subject("prairie", number))

    def length(self) -> int:
        with self.engine.begin() as connection:
            return self.tries.key_length(connection)


@pytest.fixture
def counter(engine: Engine, tries: Tries) -> Counter:
    return Counter(engine, tries)


def lockout_of(counter: Counter, clock: FakeClock, number: AccountNumber = ANA) -> timedelta:
    """How long five wrong keys lock out for; then that time passes."""
    for _ in range(4):
        assert counter.wrong(ELI, number) is None
    locked = counter.wrong(ELI, number)
    assert locked
    length = locked.until - clock.now()
    clock.pass_time(seconds=length.total_seconds())
    return length


def test_ten_lookups_an_hour_from_one_phone_whatever_the_account(counter: Counter, clock: FakeClock) -> None:
    first = clock.now()
    numbers = [AccountNumber(f"000000000{digit}") for digit in range(10)]
    assert [counter.lookup(ELI, number) for number in numbers] == [None] * 10
    clock.pass_time(minutes=5)

    assert counter.lookup(ELI, ANA) == Locked(first + HOUR)


def test_ten_lookups_an_hour_of_one_account_whoever_asks(counter: Counter, clock: FakeClock) -> None:
    assert [counter.lookup(stranger(number), ANA) for number in range(10)] == [None] * 10

    assert counter.lookup(ELI, ANA) == Locked(clock.now() + HOUR)


def test_strangers_looking_do_not_hold_up_the_phone_on_file(counter: Counter) -> None:
    for number in range(10):
        counter.lookup(stranger(number), ANA)

    assert counter.lookup(ELI, ANA, on_file=True) is None


def test_the_phone_on_file_too_looks_ten_times_an_hour(counter: Counter) -> None:
    assert [counter.lookup(ELI, ANA, on_file=True) for _ in range(10)] == [None] * 10

    assert counter.lookup(ELI, ANA, on_file=True)


def test_a_refused_lookup_does_not_lengthen_the_wait(counter: Counter, clock: FakeClock) -> None:
    for _ in range(10):
        counter.lookup(ELI, ANA)
    clock.pass_time(minutes=59)
    counter.lookup(ELI, ANA)
    clock.pass_time(minutes=1)

    assert counter.lookup(ELI, ANA) is None


def test_five_wrong_keys_in_an_hour_lock_for_an_hour(counter: Counter, clock: FakeClock) -> None:
    for _ in range(4):
        assert counter.wrong(ELI, ANA) is None
        clock.pass_time(minutes=10)

    assert counter.wrong(ELI, ANA) == Locked(clock.now() + HOUR)


def test_four_wrong_keys_and_one_an_hour_later_lock_nobody_out(counter: Counter, clock: FakeClock) -> None:
    for _ in range(4):
        counter.wrong(ELI, ANA)
    clock.pass_time(hours=1)

    assert counter.wrong(ELI, ANA) is None


def test_wrong_keys_for_several_accounts_add_up(counter: Counter) -> None:
    for number in (ANA, BEN, DEV, NOBODYS):
        assert counter.wrong(ELI, number) is None

    assert counter.wrong(ELI, ANA)
    assert counter.locked(ELI, BEN)


def test_a_lockout_ends_at_the_time_it_named(counter: Counter, clock: FakeClock) -> None:
    lockout_of(counter, clock)

    assert counter.locked(ELI, ANA) is None


def test_each_lockout_is_twice_as_long_as_the_last_up_to_a_day(counter: Counter, clock: FakeClock) -> None:
    numbers = [AccountNumber(f"000000000{digit}") for digit in range(8)]  # no account's own limit is in the way

    lengths = [lockout_of(counter, clock, number) for number in numbers]

    assert [length / HOUR for length in lengths] == [1, 2, 4, 8, 16, 24, 24, 24]


def test_a_month_without_a_lockout_and_the_next_lasts_an_hour_again(counter: Counter, clock: FakeClock) -> None:
    lockout_of(counter, clock)
    lockout_of(counter, clock)
    clock.pass_time(days=30)

    assert lockout_of(counter, clock) == HOUR


def test_one_persons_lockout_is_not_anothers(counter: Counter) -> None:
    for _ in range(5):
        counter.wrong(ELI, ANA)

    assert counter.locked(stranger(1), ANA) is None


def test_ten_wrong_keys_a_day_lock_an_account_for_every_stranger(counter: Counter, clock: FakeClock) -> None:
    first = clock.now()
    for number in range(10):
        counter.wrong(stranger(number), ANA)
        clock.pass_time(minutes=1)

    assert counter.locked(ELI, ANA) == Locked(first + timedelta(days=1))


def test_strangers_cannot_lock_out_the_phone_on_file(counter: Counter) -> None:
    for number in range(10):
        counter.wrong(stranger(number), ANA)

    assert counter.locked(ELI, ANA, on_file=True) is None


def test_the_phone_on_file_is_locked_out_by_its_own_wrong_keys(counter: Counter) -> None:
    for _ in range(5):
        counter.wrong(ELI, ANA, on_file=True)

    assert counter.locked(ELI, ANA, on_file=True)


def test_wrong_keys_elsewhere_leave_the_phone_its_own_account(counter: Counter) -> None:
    for _ in range(5):
        counter.wrong(ELI, BEN)

    assert counter.locked(ELI, ANA, on_file=True) is None


def test_a_restart_forgets_no_wrong_key(engine: Engine, clock: FakeClock, sealer: Sealer) -> None:
    for _ in range(5):
        Counter(engine, Tries(clock, sealer)).wrong(ELI, ANA)

    assert Counter(engine, Tries(clock, sealer)).locked(ELI, ANA)


def test_a_key_sent_resets_no_wrong_one(counter: Counter) -> None:
    for _ in range(4):
        counter.wrong(ELI, ANA)
    counter.send(ELI, ANA)

    assert counter.wrong(ELI, ANA)


def waits(counter: Counter, clock: FakeClock, who: Address, number: AccountNumber) -> timedelta:
    locked = counter.send(who, number)
    return locked.until - clock.now() if locked else timedelta(0)


def test_one_key_in_half_a_minute(counter: Counter, clock: FakeClock) -> None:
    counter.send(ELI, ANA)
    clock.pass_time(seconds=10)

    assert waits(counter, clock, ELI, BEN) == timedelta(seconds=20)


def test_three_keys_in_ten_minutes(counter: Counter, clock: FakeClock) -> None:
    for number in (ANA, BEN, DEV):
        assert not waits(counter, clock, ELI, number)
        clock.pass_time(minutes=1)

    assert waits(counter, clock, ELI, ANA) == timedelta(minutes=7)


def test_ten_keys_a_day(counter: Counter, clock: FakeClock) -> None:
    for _ in range(10):
        assert not waits(counter, clock, ELI, ANA)
        clock.pass_time(minutes=10)

    assert waits(counter, clock, ELI, ANA) == timedelta(hours=24, minutes=-100)


def test_three_keys_in_ten_minutes_for_one_account(counter: Counter, clock: FakeClock) -> None:
    for number in range(3):
        counter.send(stranger(number), ANA)

    assert waits(counter, clock, ELI, ANA) == timedelta(minutes=10)


def test_twenty_keys_a_day_for_one_account(counter: Counter, clock: FakeClock) -> None:
    for number in range(20):
        assert not waits(counter, clock, stranger(number), ANA)
        clock.pass_time(minutes=10)

    assert waits(counter, clock, ELI, ANA) == timedelta(hours=24, minutes=-200)


def test_a_budget_for_all_keys_of_an_hour(engine: Engine, clock: FakeClock, sealer: Sealer) -> None:
    counter = Counter(engine, Tries(clock, sealer, hourly_keys=2))
    assert counter.send(stranger(1), ANA) is None
    assert counter.send(stranger(2), BEN) is None

    assert counter.send(stranger(3), DEV) == Locked(clock.now() + HOUR, by="sends")


def test_a_spent_budget_raises_an_alarm_that_names_nobody(
    engine: Engine, clock: FakeClock, sealer: Sealer, caplog: pytest.LogCaptureFixture
) -> None:
    Counter(engine, Tries(clock, sealer, hourly_keys=1)).send(stranger(1), ANA)
    Counter(engine, Tries(clock, sealer, hourly_keys=1)).send(ELI, BEN)

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "no key sent: the budget of 1 an hour over all addresses is used up"
    ]


def test_keys_have_six_digits(counter: Counter) -> None:
    assert counter.length() == 6


def test_more_than_a_thousand_wrong_keys_a_day_make_keys_longer(
    engine: Engine, counter: Counter, clock: FakeClock
) -> None:
    wrong = {"kind": "wrong", "subject": "somebody's", "at": clock.now()}
    with engine.begin() as connection:
        connection.execute(insert(attempt), [wrong | {"address": f"sms:+1217{number:07d}"} for number in range(1000)])
    assert counter.length() == 6

    counter.wrong(ELI, ANA)
    assert counter.length() == 8

    clock.pass_time(days=1)
    assert counter.length() == 6


def test_an_account_that_nobody_has_counts_just_the_same(counter: Counter, clock: FakeClock) -> None:
    def answers(who: Address, number: AccountNumber) -> list[Locked | None]:
        return [
            *(counter.lookup(who, number) for _ in range(11)),
            *(counter.wrong(who, number) for _ in range(5)),
            counter.locked(who, number),
            *(counter.send(who, number) for _ in range(2)),
        ]

    assert answers(stranger(1), ANA) == answers(stranger(2), NOBODYS)


def test_a_subject_is_a_keyed_hash(tries: Tries, clock: FakeClock) -> None:
    other = Tries(clock, Sealer([b"o" * 32]))

    assert tries.subject("prairie", ANA) == tries.subject("prairie", ANA)
    assert len({tries.subject("prairie", ANA), tries.subject("lakeside", ANA), tries.subject("prairie", BEN)}) == 3
    assert tries.subject("prairie", ANA) != other.subject("prairie", ANA)
    assert ANA.reveal() not in tries.subject("prairie", ANA)


def test_times_are_aware(counter: Counter) -> None:
    locked = [counter.wrong(ELI, ANA) for _ in range(5)][-1]

    assert locked
    assert isinstance(locked.until, datetime)
    assert locked.until.utcoffset() == timedelta(0)
