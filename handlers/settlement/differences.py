"""Tickets of reconciliation: opened once, and closed by themselves when the difference is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from handlers.ledger.tables import ticket
from handlers.ledger.tickets import Ticket, open_ticket
from handlers.settlement.findings import Difference

_US = "reconciliation"
_AT_STRIPE: str = "missing at Stripe"


@dataclass(frozen=True, slots=True)
class Watched:
    """What open tickets are about, to be looked at again however old it is: lines by id, journals by cause."""

    lines: Sequence[str]
    journals: Sequence[str]


def watched(connection: Connection) -> Watched:
    """What the open tickets of reconciliation are about."""
    still_open = select(ticket.c.cause).where(ticket.c.kind == "difference", ticket.c.closed_at.is_(None))
    lines: list[str] = []
    journals: list[str] = []
    for said in connection.scalars(still_open):
        _, what, key = said.split(":", 2)
        (journals if what == _AT_STRIPE else lines).append(key)
    return Watched(lines, journals)


def settled(connection: Connection, found: Sequence[Difference]) -> dict[str, str]:
    """Those of them that a person has closed, by the ticket's cause: who it was."""
    causes = [each.ticket for each in found]
    closed = (ticket.c.cause.in_(causes), ticket.c.closed_at.is_not(None), ticket.c.closed_by != _US)
    rows = connection.execute(select(ticket.c.cause, ticket.c.closed_by).where(*closed))
    return {row.cause: row.closed_by for row in rows}


def update_tickets(connection: Connection, found: Sequence[Difference], at: datetime) -> int:
    """Open a ticket for each, and close those whose difference is gone, in the caller's transaction; how many closed.

    One that closed by itself and is a difference again is opened again. What a person closed stays closed.
    """
    causes = [each.ticket for each in found]
    for each in found:
        open_ticket(connection, _ticket(each), at)
    ours = ticket.c.kind == "difference"
    again = (ours, ticket.c.cause.in_(causes), ticket.c.closed_by == _US)
    connection.execute(update(ticket).where(*again).values(closed_at=None, closed_by=None, outcome=None))
    gone = (ours, ticket.c.closed_at.is_(None), ticket.c.cause.not_in(causes))
    closing = update(ticket).where(*gone).values(closed_at=at, closed_by=_US, outcome="the difference is gone")
    return connection.execute(closing).rowcount


def _ticket(found: Difference) -> Ticket:
    return Ticket(
        kind="difference",
        cause=found.ticket,
        object_id=found.about,
        money=found.money,
        payment_id=found.payment_id,
    )
