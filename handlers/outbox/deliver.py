"""Delivering one row: take it, carry it with no lock held, write down what came of it (RULES T10).

Two short transactions with the carrier between them. A worker that dies in between leaves a lease to run out, and the
next one treats the row as unsure: it asks before doing it again, and never sends a key a second time.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from bot.errors import Refused, Unavailable
from bot.ports import Chance, Clock
from handlers.ledger.reach import reachable
from handlers.ledger.tables import outbox
from handlers.outbox import ends
from handlers.outbox.ends import OPTED_OUT, End, Outcome
from handlers.outbox.parcel import Carrier, Delivery, Heeding, Parcel, Unsure
from handlers.outbox.rows import LEASE, MOST_ATTEMPTS, OPEN, due, maybe_done
from handlers.people import consent
from handlers.sealing import Broken, Sealer

MaySend = Callable[[Connection, str, str, str], bool]  # utility, Address.reveal(), category


class Deliverer:
    """Delivers rows of the outbox, each by the carrier of its kind.

    `observe(kind, outcome)` hears of every row that was touched. `may_send` is asked in the transaction that takes a
    text, the last instant before it goes out.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        chance: Chance,
        sealer: Sealer,
        carriers: Mapping[str, Carrier],
        may_send: MaySend,
        observe: Callable[[str, str], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._chance = chance
        self._sealer = sealer
        self._carriers = carriers
        self._may_send = may_send
        self._observe = observe

    def deliver(self, row_id: int) -> Outcome:
        """Do what the row says, if it is due and free.

        "sent", "later" (tried again by itself), "unsure", "dropped" (not wanted any more), "dead" (a person must
        look), "skipped" (not due, done, or in other hands), "overtaken" (it took so long that another worker has it).
        Raises Unavailable when SQL is away: the row is then found by a later sweep.
        """
        with reachable():
            row, end = self._take(row_id)
        if row is None:
            return "skipped"
        outcome = end.outcome if end else self._settle(row, self._attempt(row))
        self._observe(row.kind, outcome)
        return outcome

    def _take(self, row_id: int) -> tuple[Row[Any] | None, End | None]:
        """Hold the row, or end it here and now, in one transaction."""
        now = self._clock.now()
        with self._engine.begin() as connection:
            query = select(outbox).where(outbox.c.id == row_id, due(now)).with_for_update()
            row = connection.execute(query).one_or_none()
            if row is None:
                return None, None
            end = self._hindrance(connection, row, now)
            lease = {"attempts": row.attempts + 1, "leased_until": now + LEASE}
            connection.execute(update(outbox).where(outbox.c.id == row_id).values(end.values if end else lease))
            self._heed(connection, row, end)
        return row, end

    def _hindrance(self, connection: Connection, row: Row[Any], now: datetime) -> End | None:
        """Why the row is not to be carried, if there is a reason."""
        if maybe_done(row) and row.category == "key":
            return ends.unsure_for_good(now)
        if row.expires_at is not None and row.expires_at <= now:
            return ends.unsure_for_good(now, "expired") if maybe_done(row) else ends.dropped(now, "expired")
        if row.attempts >= MOST_ATTEMPTS:
            return ends.dead(row, now, row.error)
        if row.kind == "text" and not self._may_send(connection, row.utility, row.recipient, row.category):
            return ends.dropped(now, OPTED_OUT)
        return None

    def _attempt(self, row: Row[Any]) -> End:
        """Let the carrier work, and say how it ended."""
        try:
            provider_id = self._carrier(row.kind).carry(_delivery(row, self._body(row)))
        except Unavailable as error:
            jitter = int(self._chance.digits(3)) / 1000
            return ends.later(row, self._clock.now(), jitter, str(error))
        except Unsure:
            return ends.unsure(row, self._clock.now())
        except Refused as refusal:
            now = self._clock.now()
            return ends.dropped(now, OPTED_OUT) if refusal.reason == OPTED_OUT else ends.dead(row, now, refusal.reason)
        return ends.sent(self._clock.now(), provider_id)

    def _carrier(self, kind: str) -> Carrier:
        if kind not in self._carriers:
            raise Refused("nothing here carries this kind")
        return self._carriers[kind]

    def _heed(self, connection: Connection, row: Row[Any], end: End | None) -> None:
        """Let the carrier know of a row that is given up, if it wants to."""
        carrier = self._carriers.get(row.kind)
        if end is None or end.outcome != "dead" or not isinstance(carrier, Heeding):
            return
        try:
            body = self._body(row)
        except Refused:
            body = {}
        carrier.given_up(connection, _delivery(row, body))

    def _body(self, row: Row[Any]) -> dict[str, Any]:
        try:
            body: dict[str, Any] = json.loads(self._sealer.open(row.body, f"outbox:{row.cause}"))
        except Broken as error:
            raise Refused("its seal is broken") from error
        return body

    def _settle(self, row: Row[Any], end: End) -> Outcome:
        """Write down how it ended, unless another worker, or a word of the counterpart, was there first."""
        mine = (outbox.c.id == row.id, outbox.c.attempts == row.attempts + 1, OPEN)
        with reachable(), self._engine.begin() as connection:
            if connection.execute(update(outbox).where(*mine).values(end.values)).rowcount == 0:
                return "overtaken"
            self._heed(connection, row, end)
            if row.kind == "text" and end.values["error"] == OPTED_OUT:
                # Twilio knows of an opt-out that we did not (RULES W2, T7).
                now, cause = self._clock.now(), f"outbox:{row.id}"
                consent.record(connection, row.utility, row.recipient, consent.ALL, False, now, cause)
        return end.outcome


def _delivery(row: Row[Any], body: dict[str, Any]) -> Delivery:
    parcel = Parcel(
        kind=row.kind,
        cause=row.cause,
        utility=row.utility,
        category=row.category,
        body=body,
        due_at=row.due_at,
        recipient=row.recipient,
        expires_at=row.expires_at,
    )
    # Nothing can have been sent before the row was there: the one bound that no crash can lose.
    unsure_since = row.created_at if maybe_done(row) else None
    return Delivery(row.id, parcel, row.attempts + 1, unsure_since)
