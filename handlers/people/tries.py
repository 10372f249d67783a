"""What has been tried, and who must wait (RULES S1, S2, P3, P5).

All of it is in SQL: a resend, a restart, a right key or a lost Redis resets nothing. An account is known here by a
keyed hash of its number, so that a number nobody has is counted exactly like one that somebody has.
"""

import logging

from sqlalchemy import Connection, func, insert, select, text, true

from bot.names import AccountNumber, Address
from bot.ports import Clock, Locked
from handlers.ledger.tables import attempt, lockout
from handlers.people import limits
from handlers.people.counts import add, used_up_until
from handlers.people.limits import Limit
from handlers.sealing import Sealer

_log = logging.getLogger(__name__)


class Tries:
    """Counts look-ups, wrong keys and sent keys in the caller's transaction. `hourly_keys` is over all addresses."""

    def __init__(self, clock: Clock, sealer: Sealer, hourly_keys: int = limits.HOURLY_KEYS) -> None:
        self._clock = clock
        self._sealer = sealer
        self._budget = Limit(hourly_keys, limits.HOUR)

    def subject(self, utility: str, number: AccountNumber) -> str:
        """What an account number is counted under, whether there is such an account or not."""
        return self._sealer.name("subject", f"{utility}\0{number.reveal()}")

    def hold(self, connection: Connection, who: Address, subject: str) -> None:
        """Until the transaction ends, nobody else counts for this address or subject: hold, look, then decide.

        SQLite does that by itself: its transactions hold the one write lock from their beginning.
        """
        if connection.dialect.name != "postgresql":
            return
        # Always in the order of the numbers: two transactions that want the same two never wait for each other.
        first, second = sorted(self._lock_number(name) for name in (f"address {who.reveal()}", f"subject {subject}"))
        for number in (first, second):
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": number})

    def _lock_number(self, name: str) -> int:
        return int.from_bytes(self._sealer.digest("lock", name)[:8], signed=True)

    def count_lookup(self, connection: Connection, who: Address, subject: str, on_file: bool) -> Locked | None:
        """Count one look-up of an account, or say until when there are too many; a refused one does not count.

        `on_file`: it is the account's own mobile that asks, which strangers' look-ups must not hold up.
        """
        self.hold(connection, who, subject)
        now = self._clock.now()
        rules = [(limits.LOOKUPS_BY_ADDRESS, attempt.c.address == who.reveal())]
        if not on_file:
            rules.append((limits.LOOKUPS_OF_ACCOUNT, attempt.c.subject == subject))
        until = used_up_until(connection, "lookup", now, *rules)
        if until:
            return Locked(until)
        add(connection, "lookup", who, subject, now)
        return None

    def locked(self, connection: Connection, who: Address, subject: str, on_file: bool = False) -> Locked | None:
        """Whether wrong keys have locked this address out, or this account for everybody but the phone on file.

        The phone on file is locked out by its own wrong keys for this very account alone.
        """
        now = self._clock.now()
        own = select(func.max(lockout.c.until)).where(lockout.c.address == who.reveal(), lockout.c.until > now)
        if on_file:
            until = connection.scalar(own.where(lockout.c.subject == subject))
            return Locked(until) if until else None
        strangers = used_up_until(connection, "wrong", now, (limits.WRONG_OF_ACCOUNT, attempt.c.subject == subject))
        ends = [until for until in (connection.scalar(own), strangers) if until]
        return Locked(max(ends)) if ends else None

    def wrong(self, connection: Connection, who: Address, subject: str, on_file: bool = False) -> Locked | None:
        """Count a wrong key or bill; the lock-out that it brings about, if it does."""
        self.hold(connection, who, subject)
        now = self._clock.now()
        add(connection, "wrong", who, subject, now)
        mine = attempt.c.address == who.reveal()
        if used_up_until(connection, "wrong", now, (limits.WRONG_BY_ADDRESS, mine)):
            self._lock_out(connection, who, subject)
        return self.locked(connection, who, subject, on_file)

    def _lock_out(self, connection: Connection, who: Address, subject: str) -> None:
        now = self._clock.now()
        earlier = connection.scalar(
            select(func.count()).where(
                lockout.c.address == who.reveal(), lockout.c.at > now - limits.LOCKOUT_REMEMBERED
            )
        )
        doublings = min(earlier or 0, 5)  # the fifth is past a day; later ones must not overflow
        until = now + min(limits.FIRST_LOCKOUT * 2**doublings, limits.LONGEST_LOCKOUT)
        connection.execute(insert(lockout).values(address=who.reveal(), subject=subject, at=now, until=until))

    def key_send_allowed(self, connection: Connection, who: Address, subject: str) -> Locked | None:
        """Count one key about to be sent, or say until when there are too many; a refused one does not count."""
        self.hold(connection, who, subject)
        now = self._clock.now()
        rules = [(limit, attempt.c.address == who.reveal()) for limit in limits.KEYS_FOR_ADDRESS]
        rules += [(limit, attempt.c.subject == subject) for limit in limits.KEYS_FOR_ACCOUNT]
        until = used_up_until(connection, "sent", now, *rules)
        if until is None:
            # Nothing holds this count: at its edge a few keys too many may go out, and nobody waits for strangers.
            until = used_up_until(connection, "sent", now, (self._budget, true()))
            if until:
                _log.error("no key sent: the budget of %d an hour over all addresses is used up", self._budget.count)
        if until:
            return Locked(until, by="sends")
        add(connection, "sent", who, subject, now)
        return None

    def key_length(self, connection: Connection) -> int:
        """How many digits a new key needs: more while somebody guesses on a large scale, which is also an alarm."""
        if used_up_until(connection, "wrong", self._clock.now(), (limits.ALARMING_WRONG_KEYS, true())) is None:
            return limits.KEY_DIGITS
        _log.error("%d wrong keys or more in a day over all addresses", limits.ALARMING_WRONG_KEYS.count)
        return limits.KEY_DIGITS_UNDER_ALARM
