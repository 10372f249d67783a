"""Links that ask more than is owed by now: somebody else paid, or a new bill says less (RULES M1)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from handlers.ledger.tables import account, entry, payment
from handlers.payments.closing import close_now
from handlers.payments.records import UNDECIDED, give_up, hold_accounts

# A payment whose link is still being made is left alone: its person waits for a text, and the link's page tells them.
_LINKED = and_(UNDECIDED, payment.c.link_id.is_not(None))


def withdraw_excessive(connection: Connection, accounts: Collection[int], now: datetime) -> None:
    """Withdraw the unpaid links of these accounts that ask more than is owed, in the transaction that changed it.

    Our short links end at once, Stripe's by parcel.
    """
    theirs = payment.c.account_id.in_(accounts)
    hold_accounts(connection, account.c.id.in_(select(payment.c.account_id).where(_LINKED, theirs)))
    owed = (
        select(func.coalesce(func.sum(entry.c.minor), 0))
        .where(entry.c.account_id == payment.c.account_id, entry.c.book == "receivable")
        .correlate(payment)
        .scalar_subquery()
    )
    excessive = (_LINKED, theirs, payment.c.balance != owed, payment.c.amount > owed)
    close_now(connection, give_up(connection, "withdrawn_at", now, *excessive), now)
