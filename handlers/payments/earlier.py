"""Payments of before charges were kept: posted by their checkout session (`paid:cs_...`), as money of no charge.

When Stripe tells of one again, it gets its charge: what was posted is taken back (`before:`), and posted once more as
that charge's. So nothing is posted twice, and what is given back is found where it lies. One that was sent back whole
stays as it is: all that a refund does was posted then.
"""

from dataclasses import replace
from datetime import datetime

import stripe
from sqlalchemy import Connection, select

from bot.money import Money
from bot.names import PaymentId
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import account, entry, journal
from handlers.payments.charges import Charge, keep
from handlers.payments.records import Record, hold_accounts


def take_over(connection: Connection, record: Record, taken: Charge, now: datetime) -> bool:
    """Whether this charge was posted so; it has been taken over then. The caller holds account and payment."""
    posted = select(journal.c.effective_on, entry).join(entry, entry.c.journal_id == journal.c.id)
    rows = connection.execute(posted.where(journal.c.cause == f"paid:{taken.session}").order_by(entry.c.id)).all()
    if rows and record.refunded_at is None:
        ours = record.checkout_session == taken.session
        keep(connection, replace(taken, kind="applied" if ours else "second"))
        lines = [
            Line(row.book, Money(row.minor, row.currency), row.account_id, PaymentId(row.payment_id), row.bill_id)
            for row in rows
        ]
        back = [replace(line, money=-line.money) for line in lines]
        post(connection, f"before:{taken.id}", back, now, rows[0].effective_on)
        post(connection, f"paid:{taken.id}", lines, now, rows[0].effective_on, taken.id)
    return bool(rows)


def charge_of(connection: Connection, record: Record, about: stripe.Charge, now: datetime) -> bool:
    """The same for a charge that goes back: whether it is the one that this payment was paid with."""
    if record.paid_at is None or record.payment_intent is None or about.payment_intent != record.payment_intent:
        return False
    hold_accounts(connection, account.c.id == record.account_id)
    taken = Charge(
        id=about.id,
        session=record.checkout_session,
        intent=record.payment_intent,
        payment_id=record.id,
        account_id=record.account_id,
        total=Money(about.amount, about.currency.upper()),
        kind="applied",
        taken_at=record.paid_at,
    )
    return take_over(connection, record, taken, now)
