"""What an import posts: charges, what moved without us, and credit that is put to use."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from bot.money import Money
from bot.names import PaymentId
from handlers.billing import owed
from handlers.billing.moves import Move, Period, Place, elsewhere, put_to_use
from handlers.ledger.journal import Line, Posting, post_new
from handlers.ledger.tables import account, journal, payment
from handlers.payments.records import UNDECIDED, hold_accounts

_AT_A_BANK = and_(payment.c.pending_at.is_not(None), payment.c.paid_at.is_(None), payment.c.failed_at.is_(None))


@dataclass(frozen=True, slots=True)
class Charged:
    """By how much a bill changes what is owed for its period, in minor units."""

    account_id: int
    bill_id: int
    minor: int
    period_start: date
    issued_on: date


class Postings:
    """The postings of one import, each with a cause that no other import has."""

    def __init__(self, connection: Connection, currency: str, at: datetime) -> None:
        self._connection = connection
        self._currency = currency
        self._at = at
        # An import that posts leaves a higher number behind, so the next one's causes are new.
        self._number = connection.scalar(select(func.coalesce(func.max(journal.c.id), 0)))

    def billed(self, charges: Iterable[Charged]) -> None:
        """Charge accounts with bills; nothing for those that charge nothing."""
        post_new(
            self._connection,
            [
                Posting(
                    f"billed:{each.account_id}:{each.period_start}:{self._number}",
                    [
                        self._line(each.account_id, each.minor, each.bill_id),
                        Line("billed", Money(-each.minor, self._currency), each.account_id),
                    ],
                    each.issued_on,
                )
                for each in charges
                if each.minor
            ],
            self._at,
        )

    def elsewhere(self, accounts: Collection[int]) -> None:
        """Bring accounts to what their latest bill says."""
        wrong = self._connection.execute(owed.differences(accounts)).all()
        periods = self._by_account(owed.periods([row.account_id for row in wrong]))
        postings = []
        for account_id, issued_on, difference in wrong:
            theirs = [Period(row.bill_id, int(row.minor), int(row.closed)) for row in periods.get(account_id, ())]
            minor = int(difference)
            lines = [self._line(account_id, part, bill_id) for bill_id, part in elsewhere(minor, theirs)]
            lines.append(Line("elsewhere", Money(-minor, self._currency), account_id))
            postings.append(Posting(f"elsewhere:{account_id}:latest:{self._number}", lines, issued_on))
        post_new(self._connection, postings, self._at)

    def use_credit(self, accounts: Collection[int]) -> None:
        """Leave no credit on accounts that have open periods. Holds those, and all that may be paid at this moment.

        Each charge's money is moved by a posting of that charge's: what is given back is taken from where it lies.
        """
        may_be_paid = select(payment.c.account_id).where(payment.c.account_id.in_(accounts), or_(UNDECIDED, _AT_A_BANK))
        hold_accounts(self._connection, account.c.id.in_(may_be_paid))
        uneven = self._connection.scalars(owed.uneven(accounts)).all()
        hold_accounts(self._connection, account.c.id.in_(uneven))  # a refund may be moving the same money
        postings = []
        for account_id, rows in self._by_account(owed.places(uneven)).items():
            theirs = [Place(row.bill_id, row.charge_id, row.payment_id, int(row.minor)) for row in rows]
            moves = sorted(put_to_use(theirs), key=lambda move: move.place.charge_id or "")
            for place, (charge_id, parts) in enumerate(groupby(moves, lambda move: move.place.charge_id)):
                lines = [line for move in parts for line in self._moved(account_id, move)]
                cause = f"credit:{account_id}:{place}:{self._number}"
                postings.append(Posting(cause, lines, rows[0].issued_on, charge_id))
        post_new(self._connection, postings, self._at)

    def _by_account(self, query: Any) -> dict[int, Sequence[Any]]:
        rows = self._connection.execute(query).all()
        return {account_id: list(theirs) for account_id, theirs in groupby(rows, attrgetter("account_id"))}

    def _moved(self, account_id: int, move: Move) -> tuple[Line, Line]:
        payment_id = PaymentId(move.place.payment_id) if move.place.payment_id else None
        return (
            self._line(account_id, move.minor, move.place.bill_id, payment_id),
            self._line(account_id, -move.minor, move.bill_id, payment_id),
        )

    def _line(self, account_id: int, minor: int, bill_id: int | None, payment_id: PaymentId | None = None) -> Line:
        return Line("receivable", Money(minor, self._currency), account_id, payment_id, bill_id)
