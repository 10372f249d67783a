"""At rest: every cent that Stripe settled is in the ledger once, everybody was told once, nothing is left undone."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from handlers.ledger.tables import entry, outbox, stripe_event, ticket
from handlers.outbox.rows import OPEN

if TYPE_CHECKING:
    from tests.simulation.law import Law
    from tests.simulation.world import World

_CAME = ("paid", "paid_in_full", "paid_with_credit", "paid_part_back", "second_credit", "second_back")
_CAME += ("surplus_credit", "surplus_back", "sum_differs", "paid_again", "paid_again_part_back")
_WENT = ("refunded", "refunded_part", "refunded_surplus", "refunded_unchanged")
_LOST = ("dispute_lost", "dispute_lost_unchanged")


class Rest:
    """Looks at the whole once the mishaps are over, the post is empty and days have passed."""

    def __init__(self, world: "World", law: "Law") -> None:
        self._store = world.sandbox.till.store
        self._law = law

    def check(self, connection: Connection) -> None:
        """At rest."""
        self._law.links.check(connection)
        self._settled(connection)
        self._told(connection)
        self._flagged(connection)
        self._sent_back_once()
        left = connection.execute(select(outbox.c.id, outbox.c.kind, outbox.c.cause).where(OPEN)).all()
        self._law.demand(not left, "no row of the outbox is left open", left)

    def _settled(self, connection: Connection) -> None:
        sums = select(entry.c.book, func.sum(entry.c.minor).label("minor")).group_by(entry.c.book)
        books: dict[str, int] = {row.book: int(row.minor) for row in connection.execute(sums)}
        balance = sum(move["net"] for move in self._store.all("balance_transaction"))
        stripe = books.get("stripe", 0)
        self._law.demand(stripe == balance, "the book of Stripe is Stripe's balance", f"{stripe}, not {balance}")
        for book in ("returning", "disputed"):
            self._law.demand(not books.get(book), f"nothing is left in `{book}`", books.get(book))

    def _told(self, connection: Connection) -> None:
        """Who paid, or got money back, was told so once, or the row says why not."""
        rows = connection.execute(select(outbox).where(outbox.c.category == "receipt", outbox.c.kind == "text")).all()
        for charge in self._ours():
            self._once(rows, _CAME, charge["id"], "whoever paid is told once")
            for refund in self._store.all("refund"):
                if refund["charge"] == charge["id"]:
                    sentences = _WENT if refund["status"] == "succeeded" else ("refund_failed",)
                    self._once(rows, sentences, refund["id"], "whoever gets money back is told once")
            for dispute in self._store.all("dispute"):
                if dispute["charge"] == charge["id"] and dispute["status"] in ("lost", "won"):
                    sentences = _LOST if dispute["status"] == "lost" else ("dispute_won",)
                    self._once(rows, sentences, dispute["id"], "the end of a dispute is told once")

    def _once(self, rows: Any, sentences: tuple[str, ...], about: str, promise: str) -> None:
        causes = {f"{sentence}:{about}" for sentence in sentences}
        theirs = [row for row in rows if row.cause in causes]
        self._law.demand(len(theirs) == 1, promise, f"{about}: {len(theirs)} rows")
        for row in theirs:
            sent = self._law.texts.by_row[row.id]
            why_not = row.state in ("unsure", "dropped", "dead")
            self._law.demand(sent == 1 or (why_not and not sent), promise, f"row {row.id}, {row.state}: {sent} texts")

    def _sent_back_once(self) -> None:
        """What the program itself sends back, it sends back once."""
        causes = Counter(one["metadata"].get("cause") for one in self._store.all("refund"))
        twice = [cause for cause, count in causes.items() if cause and count > 1]
        self._law.demand(not twice, "nothing is sent back twice", twice)

    def _flagged(self, connection: Connection) -> None:
        """Whatever has no one safe answer has a ticket."""
        about = set(connection.scalars(select(ticket.c.object_id)))
        parked = set(connection.scalars(select(stripe_event.c.object_id).where(stripe_event.c.state == "parked")))
        flagged = parked | {one["id"] for one in self._store.all("payout") if one["status"] == "failed"}
        flagged |= {one["id"] for one in self._store.all("dispute") if one["status"] in ("won", "lost")}
        flagged |= {one["id"] for one in self._store.all("refund") if one["status"] == "failed"}
        self._law.demand(flagged <= about, "what is flagged has a ticket", sorted(flagged - about))

    def _ours(self) -> list[dict[str, Any]]:
        known = self._law.payments.rows
        return [one for one in self._store.all("charge") if one["paid"] and one["metadata"].get("payment") in known]
