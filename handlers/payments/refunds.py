"""Refunds: money on its way back to a payer, in part or whole, and money that could not be sent back (RULES M11).

What moves at Stripe and what it means for a bill are two postings: the money leaves Stripe when the refund is made
(`refund_out:`), and the bill is open again when it has succeeded (`refund:`). If it comes back to us (`refund_back:`)
before that, nothing happened; after that the payer was told already, so it waits in `unapplied` for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import stripe
from sqlalchemy import Connection, select

from bot.money import Money
from bot.ports import Clock
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import ticket
from handlers.ledger.tickets import Kind, Ticket, open_ticket
from handlers.payments.event import Event
from handlers.payments.reversal import Matter, lines_back, mark_if_nothing_is_left, matter_of, opens_the_bill, posted
from handlers.payments.stripe_client import translated
from handlers.payments.verdict import Verdict
from handlers.payments.wording import Texts, Wording

_OF_A_CHARGE = "charge.refunded"
TYPES = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated", _OF_A_CHARGE})
_UNDER_WAY = ("pending", "requires_action")


@dataclass(frozen=True, slots=True)
class _Refund:
    """A fetched refund, with what it is about and when it came to be so."""

    id: str
    status: str | None
    money: Money
    left: bool  # it left our balance at Stripe
    returned: bool  # and came back to it
    matter: Matter
    at: datetime


class Refunds:
    """Applies fetched refunds to our charges, each inside the caller's transaction: in any order, once."""

    types = TYPES

    def __init__(self, clock: Clock, wording: Wording, texts: Texts) -> None:
        self._clock = clock
        self._wording = wording
        self._texts = texts

    def fetch(self, client: stripe.StripeClient, event: Event) -> Sequence[stripe.Refund]:
        """The refund as it is now; of a charge, all of its refunds, oldest first."""
        with translated():
            if event.type != _OF_A_CHARGE:
                return [client.v1.refunds.retrieve(event.object_id, {"expand": ["charge"]})]
            listed = client.v1.refunds.list({"charge": event.object_id, "limit": 100, "expand": ["data.charge"]})
            return list(listed.auto_paging_iter())[::-1]

    def apply(self, connection: Connection, event: Event, refunds: Sequence[stripe.Refund]) -> Verdict:
        """Post what moved, tell the payer and open tickets, each once. Raises Unavailable before its charge came."""
        verdicts = [self._judge(connection, self._read(connection, event, refund)) for refund in refunds]
        if len(verdicts) == 1:
            return verdicts[0]
        return Verdict("applied", "refunds of a charge", next((one.record for one in verdicts if one.record), None))

    def _read(self, connection: Connection, event: Event, refund: stripe.Refund) -> _Refund:
        left = refund.balance_transaction is not None
        # Of a charge that Stripe has not told us of there is nothing to do until money moves.
        idle = not left and refund.status in _UNDER_WAY
        matter = Matter() if idle else matter_of(connection, refund.charge, self._clock.now())
        returned = getattr(refund, "failure_balance_transaction", None) is not None  # there only once it failed
        money = Money(refund.amount, refund.currency.upper())
        at = matter.instant(event.created, self._clock.now())
        return _Refund(refund.id, refund.status, money, left, returned, matter, at)

    def _judge(self, connection: Connection, refund: _Refund) -> Verdict:
        if not refund.left and refund.status in _UNDER_WAY:
            return Verdict("ignored", "refund has not left yet")
        of, money = refund.matter, refund.money
        if refund.left and not posted(connection, f"refund:{refund.id}"):  # else its way out was posted, too
            self._post(connection, refund, "refund_out", [of.line("stripe", -money), of.line("returning", money)])
        if refund.returned:
            told = posted(connection, f"refund:{refund.id}")
            waits = of.line("unapplied" if told else "returning", -money)
            self._post(connection, refund, "refund_back", [of.line("stripe", money), waits])
        if refund.returned or refund.status in ("failed", "canceled"):
            self._tell(connection, refund, "refund_failed")
            return self._ticket(connection, refund, "refund_failed", "refund failed")
        if refund.status == "succeeded" and refund.left and not _failed(connection, refund.id):
            return self._succeeded(connection, refund)
        return Verdict("applied", "refund under way, or failed since", of.record)

    def _succeeded(self, connection: Connection, refund: _Refund) -> Verdict:
        of = refund.matter
        lines, missing = lines_back(connection, of, refund.money, "returning")
        if not self._post(connection, refund, "refund", lines):
            return Verdict("applied", "known already", of.record)
        mark_if_nothing_is_left(connection, of, refund.at)
        self._tell(connection, refund, _sentence(refund, lines, opens_the_bill(connection, lines)))
        if of.charge is None:
            return self._ticket(connection, refund, "unknown_refund", "refund of a charge we do not know")
        if missing:
            return self._ticket(connection, refund, "unclear_event", "more was sent back than was there")
        return Verdict("applied", "refunded", of.record)

    def _post(self, connection: Connection, refund: _Refund, cause: str, lines: Sequence[Line]) -> bool:
        day = refund.matter.day(refund.at, self._wording.utilities)
        return post(connection, f"{cause}:{refund.id}", lines, self._clock.now(), day, refund.matter.charge_id)

    def _tell(self, connection: Connection, refund: _Refund, sentence: str) -> None:
        """No link in it, and by day: nobody waits for it (RULES W9, W10)."""
        if record := refund.matter.record:
            now, slots = self._clock.now(), {"amount": refund.money, "total": refund.money}
            self._texts.put(connection, record, sentence, refund.id, now, awaited=False, slots=slots)

    def _ticket(self, connection: Connection, refund: _Refund, kind: Kind, reason: str) -> Verdict:
        record, charge = refund.matter.record, refund.matter.charge
        payment_id, account_id = (charge.payment_id, charge.account_id) if charge else (None, None)
        cause = _ticket_cause(kind, refund.id)
        wanted = Ticket(kind, cause, refund.id, refund.money, payment_id, account_id, refund.matter.charge_id)
        open_ticket(connection, wanted, self._clock.now())
        return Verdict("applied", reason, record)


def _failed(connection: Connection, refund_id: str) -> bool:
    """Whether we know already that it failed: then this is an older picture of it."""
    opened = select(ticket.c.id).where(ticket.c.cause == _ticket_cause("refund_failed", refund_id))
    return connection.scalar(opened) is not None


def _ticket_cause(kind: Kind, refund_id: str) -> str:
    return f"{kind}:{refund_id}"


def _sentence(refund: _Refund, lines: Sequence[Line], open_again: bool) -> str:
    """What the payer reads: that the bill is open again only if it is."""
    charge = refund.matter.charge
    if charge and charge.kind in ("applied", "second") and not any(line.book == "receivable" for line in lines):
        return "refunded_surplus"
    if not open_again:
        return "refunded_unchanged"
    return "refunded" if charge and refund.money == charge.total else "refunded_part"
