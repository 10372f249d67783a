"""Disputes: a payer's bank takes money back until it is decided, and then keeps it or returns it (RULES M11).

What a dispute takes lies in `disputed`: the account owes no more than before until the dispute is lost (ADR 0014).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import stripe
from sqlalchemy import Connection

from bot.money import Money
from bot.ports import Clock
from bot.utility import Utility
from handlers.ledger.journal import Line, post
from handlers.ledger.tickets import Kind, Ticket, open_ticket
from handlers.payments.charges import held
from handlers.payments.dispute import Dispute, won_back
from handlers.payments.event import Event
from handlers.payments.records import Fact, mark
from handlers.payments.reversal import (
    lines_back,
    mark_if_nothing_is_left,
    matter_of,
    opens_the_bill,
    posted,
    posted_to,
)
from handlers.payments.stripe_client import translated
from handlers.payments.verdict import Verdict
from handlers.payments.wording import Texts, Wording

_EVENTS = ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
TYPES = frozenset(f"charge.dispute.{event}" for event in _EVENTS)
# "prevented": it was settled with the payer before it became a dispute, by what was taken for it, if anything.
_LOST = ("lost", "prevented")


class Disputes:
    """Applies fetched disputes to our charges, each inside the caller's transaction: in any order, once."""

    types = TYPES

    def __init__(self, clock: Clock, wording: Wording, texts: Texts) -> None:
        self._clock = clock
        self._utilities: Mapping[str, Utility] = wording.utilities
        self._texts = texts

    def fetch(self, client: stripe.StripeClient, event: Event) -> stripe.Dispute:
        """The dispute as it is now."""
        with translated():
            return client.v1.disputes.retrieve(event.object_id, {"expand": ["charge"]})

    def apply(self, connection: Connection, event: Event, fetched: stripe.Dispute) -> Verdict:
        """Post what moved, tell the payer and open tickets, each once. Raises Unavailable before its charge came."""
        now = self._clock.now()
        dispute = Dispute.read(fetched, matter_of(connection, fetched.charge, now), event.created, now)
        if dispute.asks_only:
            return self._asked(connection, dispute)
        for move, money in dispute.moves.items():
            if money:
                lines = [dispute.matter.line("stripe", money), dispute.matter.line("disputed", -money)]
                self._post(connection, dispute, f"dispute:{move}", lines)
        self._fact(connection, dispute, "disputed_at", dispute.opened_at)
        kind: Kind = "dispute" if dispute.matter.charge else "unknown_dispute"
        first = self._ticket(connection, dispute, kind, f"{kind}:{dispute.id}")
        if dispute.status == "won":
            self._fact(connection, dispute, "dispute_won_at", dispute.at)
        if posted(connection, dispute.charged_back):
            return self._after_the_loss(connection, dispute)
        if dispute.status in _LOST:
            return self._lost(connection, dispute)
        if dispute.status == "won":
            return self._won(connection, dispute)
        if first:
            self._tell(connection, dispute, "disputed", dispute.money)
        return Verdict("applied", "disputed", dispute.matter.record)

    def _asked(self, connection: Connection, dispute: Dispute) -> Verdict:
        """Nothing has moved, so the payer hears nothing; but somebody may have to answer by Stripe's deadline."""
        if dispute.status == "warning_needs_response":
            self._ticket(connection, dispute, "dispute", f"inquiry:{dispute.id}")
        return Verdict("applied", "the bank only asks", dispute.matter.record)

    def _lost(self, connection: Connection, dispute: Dispute) -> Verdict:
        of, taken = dispute.matter, dispute.withdrawn
        if of.charge is not None:  # this may be an older picture: what was returned since is not charged back
            taken = min(taken, Money(held(connection, of.charge.id).get("disputed", 0), taken.currency))
        if taken <= Money(0, taken.currency):
            return Verdict("applied", "dispute lost, and nothing taken", of.record)
        lines, missing = lines_back(connection, of, taken, "disputed")
        self._post(connection, dispute, dispute.charged_back, lines)
        mark_if_nothing_is_left(connection, of, dispute.at)
        sentence = "dispute_lost" if opens_the_bill(connection, lines) else "dispute_lost_unchanged"
        self._tell(connection, dispute, sentence, taken)
        if missing and of.charge:
            self._ticket(connection, dispute, "unclear_event", f"unclear_event:{dispute.id}")
        return Verdict("applied", "dispute lost", of.record)

    def _after_the_loss(self, connection: Connection, dispute: Dispute) -> Verdict:
        """The bill is open again already: what the bank returns now, by an appeal or in part, waits for a person.

        An older picture, without what was returned, says nothing here; one that has it has all that was taken before.
        """
        of, nothing = dispute.matter, Money(0, dispute.money.currency)
        returns = [won_back(move) for move, money in dispute.moves.items() if money > nothing]
        known = posted_to(connection, "disputed", [dispute.charged_back, *returns])
        excess = -dispute.withdrawn - Money(known, nothing.currency)
        fresh = [cause for cause in returns if not posted(connection, cause)]
        if fresh and excess > nothing:
            lines = [of.line("disputed", excess), of.line("unapplied", -excess)]
            self._post(connection, dispute, fresh[0], lines)
            self._ticket(connection, dispute, "dispute", f"won_back:{dispute.id}")
            self._tell(connection, dispute, "dispute_won_late", excess)
        return Verdict("applied", "dispute lost, and known", of.record)

    def _won(self, connection: Connection, dispute: Dispute) -> Verdict:
        self._tell(connection, dispute, "dispute_won", dispute.money)
        return Verdict("applied", "dispute won", dispute.matter.record)

    def _post(self, connection: Connection, dispute: Dispute, cause: str, lines: Sequence[Line]) -> bool:
        of = dispute.matter
        return post(connection, cause, lines, self._clock.now(), of.day(dispute.at, self._utilities), of.charge_id)

    def _fact(self, connection: Connection, dispute: Dispute, fact: Fact, at: datetime) -> None:
        """A fact of the payment: what becomes of a second payment of its link is no matter of its own."""
        of = dispute.matter
        if of.record and of.charge and of.charge.kind == "applied":
            mark(connection, of.record.id, fact, at)

    def _tell(self, connection: Connection, dispute: Dispute, sentence: str, amount: Money) -> None:
        """No link in it, and by day: nobody waits for it (RULES W9, W10)."""
        if record := dispute.matter.record:
            now = self._clock.now()
            self._texts.put(connection, record, sentence, dispute.id, now, awaited=False, slots={"amount": amount})

    def _ticket(self, connection: Connection, dispute: Dispute, kind: Kind, cause: str) -> bool:
        charge = dispute.matter.charge
        payment_id, account_id = (charge.payment_id, charge.account_id) if charge else (None, None)
        wanted = Ticket(kind, cause, dispute.id, dispute.money, payment_id, account_id, dispute.matter.charge_id)
        return open_ticket(connection, wanted, self._clock.now())
