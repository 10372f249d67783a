"""Transactions that cross are done again, from the beginning; a report sees one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import Connection, Engine, event, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.errors import Unavailable
from bot.money import Money
from handlers.ledger.journal import post, receivable
from handlers.ledger.periods import OpenPeriod, credit_lines, open_periods
from handlers.ledger.tables import account, journal
from handlers.ledger.transactions import snapshot, transact
from handlers.payments.records import hold_accounts
from tests.fakes import FakeClock
from tests.ledger.test_journal import NOW, TODAY, an_account, owed
from tests.sql import cluster, sqlite_engine


def hold(connection: Connection, account_id: int) -> None:
    hold_accounts(connection, account.c.id == account_id)


def rename(connection: Connection, account_id: int, name: str) -> None:
    connection.execute(update(account).where(account.c.id == account_id).values(holder_name=name))


def name(engine: Engine, account_id: int) -> str:
    with engine.begin() as connection:
        return connection.scalars(select(account.c.holder_name).where(account.c.id == account_id)).one()


def two_accounts(engine: Engine) -> tuple[int, int]:
    first = an_account(engine)
    with engine.begin() as connection:
        row = connection.execute(select(account)).mappings().one()
        copied = insert(account).values({**row, "id": first + 1, "number": "y"})
        connection.execute(copied)
    return first, first + 1


def test_what_it_gives_is_given_back_and_kept(engine: Engine) -> None:
    ana = an_account(engine)

    def work(connection: Connection) -> str:
        rename(connection, ana, "Ana")
        return "done"

    assert transact(engine, FakeClock(), work) == "done"
    assert name(engine, ana) == "Ana"


def test_two_that_deadlock_are_both_done_in_the_end(pytestconfig: pytest.Config) -> None:
    with cluster(pytestconfig).database() as engine:
        first, second = two_accounts(engine)
        crossing, one_is_done = Barrier(2), Event()
        tries: list[str] = []

        def work(one: int, other: int, who: str) -> Callable[[Connection], None]:
            def both(connection: Connection) -> None:
                tries.append(who)
                if tries.count(who) > 1:
                    one_is_done.wait(20)
                connection.execute(text("set local deadlock_timeout = '10ms'"))
                hold(connection, one)
                if tries.count(who) == 1:
                    crossing.wait(20)
                hold(connection, other)
                rename(connection, one, who)

            return both

        with ThreadPoolExecutor(2) as pool:
            ana = pool.submit(transact, engine, FakeClock(), work(first, second, "Ana"))
            ben = pool.submit(transact, engine, FakeClock(), work(second, first, "Ben"))
            next(as_completed([ana, ben])).result()
            one_is_done.set()
            ana.result()
            ben.result()

        assert (name(engine, first), name(engine, second)) == ("Ana", "Ben")
        assert len(tries) == 3


def test_two_that_cannot_be_put_in_line_are_both_done_in_the_end(pytestconfig: pytest.Config) -> None:
    with cluster(pytestconfig).database() as engine:
        ana = an_account(engine)
        strict = engine.execution_options(isolation_level="SERIALIZABLE")
        crossing = Barrier(2)
        tries: list[str] = []

        def work(letter: str) -> Callable[[Connection], None]:
            def append(connection: Connection) -> None:
                tries.append(letter)
                before = connection.scalars(select(account.c.holder_name).where(account.c.id == ana)).one()
                if tries.count(letter) == 1:
                    crossing.wait(20)
                rename(connection, ana, before + letter)

            return append

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(transact, strict, FakeClock(), work(letter)) for letter in "ab"]:
                done.result()

        assert sorted(name(engine, ana)) == ["a", "b", "x"]
        assert len(tries) == 3


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_one_that_always_crosses_is_given_up(pytestconfig: pytest.Config, code: str) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text(f"do $$ begin raise exception 'crossed' using errcode = '{code}'; end $$"))

    with cluster(pytestconfig).database() as engine, pytest.raises(Unavailable):
        transact(engine, FakeClock(), work)

    assert len(tries) == 6


def test_one_that_took_too_long_is_given_up_at_once(pytestconfig: pytest.Config) -> None:
    tries, clock = [], FakeClock()

    def work(connection: Connection) -> None:
        tries.append(1)
        clock.pass_time(seconds=5)
        connection.execute(text("do $$ begin raise exception 'crossed' using errcode = '40P01'; end $$"))

    with cluster(pytestconfig).database() as engine, pytest.raises(Unavailable):
        transact(engine, clock, work)

    assert len(tries) == 1


def test_what_is_wrong_is_not_tried_again(engine: Engine) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(insert(journal).values(cause="x", at=NOW, effective_on=TODAY, charge_id="no such charge"))

    with pytest.raises(IntegrityError):
        transact(engine, FakeClock(), work)

    assert len(tries) == 1


def test_our_own_unavailable_is_not_tried_again(engine: Engine) -> None:
    tries = []

    def work(_connection: Connection) -> None:
        tries.append(1)
        raise Unavailable("come again")

    with pytest.raises(Unavailable, match="come again"):
        transact(engine, FakeClock(), work)

    assert len(tries) == 1


def impatient(tmp_path: Path) -> Engine:
    """SQLite that does not wait for a lock."""
    engine = sqlite_engine(tmp_path)
    event.listen(engine, "connect", lambda connection, _record: connection.execute("pragma busy_timeout = 0"))
    return engine


def test_a_locked_file_is_tried_again(tmp_path: Path) -> None:
    engine = impatient(tmp_path)
    ana = an_account(engine)
    other = engine.connect()
    rename(other, ana, "Ben")

    class Releasing(FakeClock):
        def sleep(self, seconds: float) -> None:
            other.commit()

    transact(engine, Releasing(), lambda connection: rename(connection, ana, "Ana"))

    assert name(engine, ana) == "Ana"
    other.close()
    engine.dispose()


def test_a_file_that_stays_locked_is_given_up(tmp_path: Path) -> None:
    engine = impatient(tmp_path)
    ana = an_account(engine)
    with engine.begin() as other:
        rename(other, ana, "Ben")

        with pytest.raises(Unavailable):
            transact(engine, FakeClock(), lambda connection: rename(connection, ana, "Ana"))
    engine.dispose()


def test_a_snapshot_sees_one_moment(engine: Engine) -> None:
    ana = an_account(engine)
    with snapshot(engine) as report:
        before = receivable(report, ana)
        with engine.begin() as connection:
            post(connection, "bill", owed(ana, 8420), NOW, TODAY)

        assert receivable(report, ana) == before == 0
        assert report.scalar(select(func.count()).select_from(journal)) == 0


def test_a_snapshot_on_postgresql_cannot_write(pytestconfig: pytest.Config) -> None:
    with cluster(pytestconfig).database() as engine:
        ana = an_account(engine)

        with pytest.raises(Exception, match="read-only"), snapshot(engine) as report:
            rename(report, ana, "Ana")


def test_after_a_snapshot_a_connection_is_as_it_was(engine: Engine) -> None:
    ana = an_account(engine)
    with snapshot(engine) as report:
        receivable(report, ana)

    transact(engine, FakeClock(), lambda connection: rename(connection, ana, "Ana"))

    assert name(engine, ana) == "Ana"


def test_two_payments_at_once_pay_a_period_once(engine: Engine) -> None:
    ana = an_account(engine)
    with engine.begin() as connection:
        post(connection, "bill", owed(ana, 1000), NOW, TODAY)
    together = Barrier(2)

    def pay(cause: str) -> None:
        def work(connection: Connection) -> None:
            hold(connection, ana)
            open_now = open_periods(connection, ana)
            lines = credit_lines(connection, ana, Money(600), None)
            (line,) = owed(ana, -600)[1:]
            post(connection, f"{cause} of {open_now}", [*lines, line], NOW, TODAY)

        together.wait(20)
        transact(engine, FakeClock(), work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(pay, ["one", "two"]))

    with engine.begin() as connection:
        assert open_periods(connection, ana) == [OpenPeriod(None, -200)]
        seen = connection.scalars(select(journal.c.cause).order_by(journal.c.id)).all()
    assert [cause.partition("minor=")[2] for cause in seen] == ["", "1000)]", "400)]"]


def test_a_server_with_another_default_changes_nothing(pytestconfig: pytest.Config) -> None:
    with cluster(pytestconfig).database() as engine:
        with engine.begin() as connection:
            ours = connection.scalar(text("select current_database()"))
            connection.execute(text(f"alter database {ours} set default_transaction_isolation to 'serializable'"))
        engine.dispose()

        with engine.begin() as connection:
            assert connection.scalar(text("show transaction_isolation")) == "read committed"
