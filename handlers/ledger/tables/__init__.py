"""Every table of the program; the migrations beside this folder make them."""

from handlers.ledger.tables.accounts import account, bill
from handlers.ledger.tables.columns import metadata
from handlers.ledger.tables.journal import charge, entry, journal, ticket
from handlers.ledger.tables.outbox import outbox, text_status
from handlers.ledger.tables.payments import payment
from handlers.ledger.tables.people import attempt, consent, key, lockout, person
from handlers.ledger.tables.settlement import reconciliation, remittance, remitted, statement_line, stripe_event

__all__ = [
    "account",
    "attempt",
    "bill",
    "charge",
    "consent",
    "entry",
    "journal",
    "key",
    "lockout",
    "metadata",
    "outbox",
    "payment",
    "person",
    "reconciliation",
    "remittance",
    "remitted",
    "statement_line",
    "stripe_event",
    "text_status",
    "ticket",
]
