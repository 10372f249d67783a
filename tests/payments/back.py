"""Money that goes back: a charge that we keep, and the refunds and disputes of it as Stripe's API prints them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import stripe
from sqlalchemy import or_, select

from bot.money import Money
from handlers.ledger.journal import Line, post
from handlers.ledger.tables import entry, journal, ticket
from handlers.payments.charges import Charge, Kind, keep
from handlers.payments.event import Event
from handlers.payments.records import Record, mark
from handlers.payments.verdict import Handler, Verdict
from handlers.payments.wording import Texts, Wording
from tests.payments.world import World

Thing = dict[str, Any]
_OURS = or_(
    *(journal.c.cause.startswith(f"{cause}:") for cause in ("paid", "dispute", "charged_back", "won_back")),
    *(journal.c.cause.startswith(cause) for cause in ("refund", "payout")),
)


@dataclass
class Back:
    """Ana's payment of $84.20 and $1.75 fee by one charge, and what becomes of it."""

    world: World
    record: Record
    charge: Charge | None
    number: int = 0
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def tools(self) -> tuple[Wording, Texts]:
        wording = Wording(self.world.speech, self.world.utilities)
        return wording, Texts(wording, self.world.sealer)

    def apply(self, handler: Handler[Any], fetched: Any, kind: str = "refund.updated") -> Verdict:
        """Take one fetched object, as an event of its own."""
        self.number += 1
        event = Event(f"evt_{self.number}", kind, "object", self.world.clock.now(), False)
        with self.world.engine.begin() as connection:
            verdict = handler.apply(connection, event, fetched)
        self.verdicts.append(verdict)
        return verdict

    def books(self) -> dict[str, int]:
        """What the postings since the bills come to in each book."""
        with self.world.engine.begin() as connection:
            rows = connection.execute(
                select(entry.c.book, entry.c.minor).join(journal, journal.c.id == entry.c.journal_id).where(_OURS)
            ).all()
        sums: dict[str, int] = {}
        for book, minor in rows:
            sums[book] = sums.get(book, 0) + minor
        return {book: minor for book, minor in sorted(sums.items()) if minor}

    def causes(self) -> list[str]:
        """What was posted since the bills, in order."""
        with self.world.engine.begin() as connection:
            return list(connection.scalars(select(journal.c.cause).where(_OURS).order_by(journal.c.id)))

    def tickets(self) -> list[str]:
        with self.world.engine.begin() as connection:
            return sorted(connection.scalars(select(ticket.c.kind)))

    def told(self) -> list[str]:
        """The names of the sentences texted since the payment."""
        return [parcel.cause.partition(":")[0] for parcel in self.world.parcels("text")]

    def facts(self) -> set[str]:
        names = ("refunded_at", "disputed_at", "dispute_won_at", "charged_back_at")
        now = self.world.record(self.record.id)
        return {name for name in names if getattr(now, name)}

    def fetched_charge(self) -> Thing:
        metadata = {"payment": self.record.id.reveal()} if self.charge is None or self.charge.payment_id else {}
        total = self.record.total
        return {
            "id": self.charge.id if self.charge else "ch_unknown",
            "object": "charge",
            "amount": total.minor,
            "currency": "usd",
            "metadata": metadata,
            "payment_intent": "pi_1",
        }

    def refund(self, number: int = 1, status: str = "succeeded", amount: int = 8595, **change: Any) -> stripe.Refund:
        """A refund as it is fetched: it has left our balance, and is back there if it failed."""
        failed = status in ("failed", "canceled")
        shape = {
            "id": f"re_{number}",
            "object": "refund",
            "amount": amount,
            "balance_transaction": f"txn_out_{number}",
            "charge": self.fetched_charge(),
            "created": int(self.world.clock.now().timestamp()),
            "currency": "usd",
            "destination_details": {"type": "card"},
            "metadata": {},
            "payment_intent": "pi_1",
            "reason": None,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": status,
            "transfer_reversal": None,
            **({"failure_balance_transaction": f"txn_back_{number}", "failure_reason": "unknown"} if failed else {}),
        }
        shape.setdefault("failure_balance_transaction", None)
        return stripe.Refund.construct_from({**shape, **change}, "sk_test_tests")

    def dispute(
        self, status: str, moves: Sequence[int] = (), number: int = 1, amount: int = 8595, **change: Any
    ) -> stripe.Dispute:
        """A dispute as it is fetched; `moves` are what its balance transactions take (below zero) and return."""
        transactions = [
            {
                "id": f"txn_dp_{number}_{turn}",
                "object": "balance_transaction",
                "amount": minor,
                "currency": "usd",
                "fee": 1500 if minor < 0 else 0,
                "net": minor - (1500 if minor < 0 else 0),
                "source": f"du_{number}",
                "type": "adjustment",
            }
            for turn, minor in enumerate(moves)
        ]
        shape = {
            "id": f"du_{number}",
            "object": "dispute",
            "amount": amount,
            "balance_transactions": transactions,
            "charge": self.fetched_charge(),
            "created": int(self.world.clock.now().timestamp()),
            "currency": "usd",
            "enhanced_eligibility_types": [],
            "evidence": {},
            "evidence_details": {"due_by": None, "has_evidence": False, "past_due": False, "submission_count": 0},
            "is_charge_refundable": status.startswith("warning_"),
            "livemode": False,
            "metadata": {},
            "payment_intent": "pi_1",
            "reason": "general",
            "status": status,
        }
        return stripe.Dispute.construct_from({**shape, **change}, "sk_test_tests")


def paid(world: World, kind: Kind = "applied", surplus: int = 0) -> Back:
    """Ana paid; of what she paid on the bill, `surplus` was owed no more and belongs to no bill. Nothing is texted."""
    record = world.link()
    whose = (record.account_id, record.id)
    charge = Charge("ch_1", "cs_1", "pi_1", record.id, record.account_id, record.total, kind, world.clock.now())
    unapplied = record.total if kind == "differs" else Money(surplus)
    bill = record.total - unapplied - (record.fee if kind == "applied" else Money(0))
    fee = record.total - unapplied - bill
    sides = {"receivable": -bill, "unapplied": -unapplied, "fees": -fee}
    lines = [Line(book, money, *whose) for book, money in sides.items() if money]  # type: ignore[arg-type]
    with world.engine.begin() as connection:
        keep(connection, charge)
        day = world.clock.now().date()
        post(connection, "paid:ch_1", [Line("stripe", record.total, *whose), *lines], world.clock.now(), day, "ch_1")
        if kind == "applied":
            mark(connection, record.id, "paid_at", world.clock.now())
    return Back(world, record, charge)


def paid_again(back: Back) -> Back:
    """The same link was paid a second time: a credit on the account, by the utility's policy."""
    assert back.charge
    world, second = back.world, replace(back.charge, id="ch_2", session="cs_2", intent="pi_2", kind="second")
    whose = (back.record.account_id, back.record.id)
    lines = [Line("stripe", second.total, *whose), Line("receivable", -second.total, *whose)]
    with world.engine.begin() as connection:
        keep(connection, second)
        post(connection, "paid:ch_2", lines, world.clock.now(), world.clock.now().date(), "ch_2")
    return Back(world, back.record, second)


def stranger(world: World, kept: bool = True) -> Back:
    """A charge of no payment of ours, of Ana's sum; or, not `kept`, one of hers that Stripe has not told us of."""
    record = world.link()
    if not kept:
        return Back(world, record, None)
    charge = Charge("ch_1", None, "pi_1", None, None, record.total, "stranger", world.clock.now())
    with world.engine.begin() as connection:
        keep(connection, charge)
        lines = [Line("stripe", record.total), Line("unapplied", -record.total)]
        post(connection, "paid:ch_1", lines, world.clock.now(), world.clock.now().date(), "ch_1")
    return Back(world, record, charge)


def told_backwards_and_twice(world: World, since: int) -> None:
    """Stripe tells of all that happened after its first `since` events, the newest first, and then again."""
    events = [one.event for one in world.sandbox.till.webhooks.deliveries[since:]]
    for event in [*reversed(events), *events]:
        assert world.deliver(event).status_code == 200
    assert not [reason for judged, reason in world.judged() if judged == "parked"]
