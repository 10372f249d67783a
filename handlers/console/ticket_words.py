"""Tickets in plain words: what happened, and what to do about it. For the operator, in English."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.ledger.tickets import Kind

_CREDIT_OR_REFUND = "Decide: tickets credit {id} --by YOU, or tickets refund {id} --by YOU."


@dataclass(frozen=True, slots=True)
class Words:
    """`what` happened, and what to `do`; "{id}" is the ticket's number."""

    what: str
    do: str


WORDS: Mapping[Kind, Words] = {
    "second_payment": Words("money that nobody owed any more could not be sent back", _CREDIT_OR_REFUND),
    "sum_differs": Words(
        "Stripe took another sum than we asked for", f"Find out who changed the link. {_CREDIT_OR_REFUND}"
    ),
    "unknown_payment": Words(
        "money that we cannot match to a payment",
        "Find out whose it is: tickets credit {id} --by YOU --account NUMBER, or tickets refund {id} --by YOU. "
        "If it has nothing to do with bills, close the ticket.",
    ),
    "refund_failed": Words(
        "money that was to go back could not be sent",
        "Ask the payer how they want it. If it waits here: tickets refund {id} --by YOU once more, "
        "or tickets credit {id} --by YOU. "
        "If you send it another way, close the ticket.",
    ),
    "unknown_refund": Words(
        "a refund of a charge that we do not know", "See at Stripe what was paid; settle it in billing, then close it."
    ),
    "dispute": Words(
        "the payer's bank asks for its money back",
        "Unless the bank has decided already, answer at Stripe before its deadline (Payments, Disputes). "
        "Then close the ticket. The bill follows by itself.",
    ),
    "unknown_dispute": Words(
        "a dispute about a charge that we do not know", "Answer at Stripe before its deadline, then close the ticket."
    ),
    "payout_failed": Words(
        "Stripe could not pay out to your bank",
        "Check the bank account at Stripe (Settings, Payouts). The money is still there. Then close the ticket.",
    ),
    "unclear_event": Words(
        "something at Stripe that we do not understand", "Look it up at Stripe, settle it, then close the ticket."
    ),
    "difference": Words(
        "Stripe and the ledger do not say the same",
        "Look at the report of reconcile for that day, settle it, then close the ticket.",
    ),
}
