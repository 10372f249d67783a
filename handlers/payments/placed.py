"""Where a payment's money went, by the books: on bills, beyond them as a credit, to the fee, or on no bill at all.

What was asked for is not what was paid: a bill may be paid otherwise before the money comes (RULES M2).
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.money import Money
from bot.ports import Whereabouts
from handlers.ledger.tables import charge, entry, journal
from handlers.payments import charges
from handlers.payments.charges import Charge
from handlers.payments.records import Record
from handlers.payments.unapplied import is_leaving


@dataclass(frozen=True, slots=True)
class Placed:
    """What the payment's charge was made of: `bill` was owed, `credit` is for the next bill, `not_owed` went nowhere.

    Together with the `fee` they are all that came in. Of it, `going_back` is now on its way to the payer, and
    `waiting` is on no bill until a person decides. `causes` are the journals that put it where it went.
    """

    bill: Money
    credit: Money
    fee: Money
    not_owed: Money
    going_back: Money
    waiting: Money
    causes: tuple[str, ...] = ()

    @property
    def total(self) -> Money:
        """All that came in."""
        return self.bill + self.credit + self.fee + self.not_owed

    @property
    def apart(self) -> Money:
        """What of it is on no bill now, and has not gone back."""
        return self.going_back + self.waiting

    @property
    def whereabouts(self) -> Whereabouts | None:
        """The same in a word; None if it paid what was owed, and no part of it is apart."""
        if self.waiting:
            return "waiting"
        if self.going_back:
            return "going_back" if self.total - self.apart <= self.fee else "part_going_back"
        return "credit" if self.credit and not self.bill else None


def placed(connection: Connection, record: Record) -> Placed:
    """Where the money of this payment went. One of before charges were kept went where it was asked for."""
    nothing = Money(0, record.total.currency)
    ours = select(charge.c.id).where(charge.c.payment_id == record.id.reveal(), charge.c.kind == "applied")
    taken = charges.by_id(connection, connection.scalar(ours) or "")
    if taken is None:
        return Placed(record.amount, nothing, record.fee, nothing, nothing, nothing)
    causes, not_owed = _causes(connection, taken)
    bill, credit, fee = _parts(connection, causes)
    there = charges.held(connection, taken.id)
    apart = Money(max(0, -there.get("unapplied", 0)), nothing.currency)
    leaving = bool(apart) and (there.get("returning", 0) > 0 or is_leaving(connection, taken))
    return Placed(
        bill=Money(bill, nothing.currency),
        credit=Money(credit, nothing.currency),
        fee=Money(fee, nothing.currency),
        not_owed=Money(not_owed, nothing.currency),
        going_back=apart if leaving else nothing,
        waiting=nothing if leaving else apart,
        causes=causes,
    )


def whereabouts(connection: Connection, record: Record) -> tuple[Whereabouts | None, Money | None]:
    """Where the payment's money is, in a word, and how much of it is there; None if all of it paid what was owed."""
    went = placed(connection, record)
    if went.apart or went.whereabouts:
        return went.whereabouts, went.apart
    back = charges.sent_back(connection, record.id)
    return ("part_sent_back", back) if back and record.refunded_at is None else (None, None)


def _causes(connection: Connection, taken: Charge) -> tuple[tuple[str, ...], int]:
    """The journals that put the charge where it went, and what they left on no bill, in minor units.

    A person may have put on the account what nobody owed. More than that was on a bill before, and is no new part.
    """
    paid = f"paid:{taken.id}"
    later = journal.c.cause.startswith("credit:ticket:", autoescape=True)
    sums = select(journal.c.cause, func.sum(entry.c.minor).label("minor")).join(entry)
    of_it = sums.where(journal.c.charge_id == taken.id, entry.c.book == "unapplied", (journal.c.cause == paid) | later)
    moved = {row.cause: int(row.minor) for row in connection.execute(of_it.group_by(journal.c.cause))}
    not_owed = -moved.pop(paid, 0)
    credited = sum(moved.values())
    return ((paid, *moved), not_owed - credited) if credited <= not_owed else ((paid,), not_owed)


def _parts(connection: Connection, causes: tuple[str, ...]) -> tuple[int, int, int]:
    """What these journals put on bills, on the account beyond them, and to the fees, in minor units."""
    columns = (entry.c.journal_id, entry.c.book, entry.c.account_id, entry.c.bill_id, entry.c.minor)
    rows = connection.execute(
        select(*columns).join(journal).where(journal.c.cause.in_(causes), entry.c.book.in_(("receivable", "fees")))
    ).all()
    on_account = -sum(row.minor for row in rows if row.book == "receivable")
    credit = 0
    for row in rows:
        if row.book == "receivable" and row.bill_id is None:
            credit += max(0, -row.minor - max(0, _older(connection, row.account_id, row.journal_id)))
    return on_account - credit, credit, -sum(row.minor for row in rows if row.book == "fees")


def _older(connection: Connection, account_id: int, journal_id: int) -> int:
    """What the account owed of before the first bill we know, when this journal was posted, in minor units."""
    lines = select(func.coalesce(func.sum(entry.c.minor), 0)).where(
        entry.c.account_id == account_id,
        entry.c.book == "receivable",
        entry.c.bill_id.is_(None),
        entry.c.journal_id < journal_id,
    )
    return int(connection.execute(lines).scalar_one())
