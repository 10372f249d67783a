"""The shelf: finds the payment behind a receipt's token, and gathers from the ledger what its receipt says."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from bot.ports import Clock
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import payment
from handlers.payments.placed import Placed, placed
from handlers.payments.records import Record, find, reference
from handlers.payments.wording import Wording
from handlers.receipts.code import is_token, printed
from handlers.receipts.facts import Dispute, Facts, Standing
from handlers.receipts.movements import Movements, movements, periods


@dataclass(frozen=True, slots=True)
class Found:
    """A payment, and the facts of its receipt: none as long as it is not paid."""

    record: Record
    facts: Facts | None


class Shelf:
    """Finds receipts. `issuer` is the address at which they can be checked, `PUBLIC_BASE_URL`."""

    def __init__(self, engine: Engine, clock: Clock, wording: Wording, issuer: str) -> None:
        self._engine = engine
        self._clock = clock
        self._wording = wording
        self._issuer = issuer

    def find(self, token: str | None) -> Found | None:
        """The receipt of this token; None, after the same work, for whatever is none. Raises Unavailable."""
        looked_up = token if token and is_token(token) else "-"
        with reachable(), reading(self._engine) as connection:
            record = find(connection, payment.c.receipt_token == looked_up)
            return Found(record, self._facts(connection, record)) if record else None

    def _facts(self, connection: Connection, record: Record) -> Facts | None:
        paid_at = record.paid_at or record.posted_at
        if paid_at is None:
            return None
        local = self._wording.local
        moved = movements(connection, record)
        went = placed(connection, record)
        dispute = _dispute(record, moved)
        gone = record.charged_back_at or record.refunded_at
        return Facts(
            issuer=self._issuer,
            utility=self._wording.utilities[record.utility].brand,
            code=printed(record.receipt_token),
            reference=reference(record.id),
            last4=record.last4,
            paid_at=local(record, paid_at),
            method=record.method,
            bill=went.bill,
            credit=went.credit,
            fee=went.fee,
            not_owed=went.not_owed,
            periods=periods(connection, record, went.causes),
            standing=_standing(went, moved, dispute),
            dispute=dispute,
            sent_back=moved.sent_back,
            charged_back=moved.charged_back,
            going_back=went.going_back,
            waiting=went.waiting,
            gone_on=local(record, gone).date() if gone else None,
            as_of=local(record, self._clock.now()).date(),
        )


def _standing(went: Placed, moved: Movements, dispute: Dispute) -> Standing:
    gone = moved.sent_back + moved.charged_back
    nothing_pays = went.total - gone - went.apart <= went.fee  # the fee may stay
    if nothing_pays and not went.apart:
        return "charged_back" if moved.charged_back else "sent_back"
    if dispute == "open":
        return "disputed"
    if went.waiting:
        return "came_back"
    if went.going_back:
        return "going_back" if nothing_pays else "part_going_back"
    return "part_sent_back" if gone else "paid"


def _dispute(record: Record, moved: Movements) -> Dispute:
    if record.disputed_at is None:
        return "none"
    if moved.undecided:
        return "open"
    if moved.charged_back:
        return "lost"
    if record.dispute_won_at:
        return "won"
    return "lost" if record.charged_back_at else "open"
