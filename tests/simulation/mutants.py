"""Breakages of the program, one at a time, that the simulation has to find: a test of the test.

Each is a piece of text that stands once in a file, and what stands there instead. `cry` is the promise that is broken
by it. `seed` is where to begin, close before a history that finds it; docs/simulation.md says how many it takes from
seed 1 on. As the program changes histories change with it, so that a test looks at some more.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One breakage."""

    name: str
    path: str
    old: str
    new: str
    cry: str
    seed: int = 1


MUTANTS = (
    Mutant(
        "a random idempotency key",
        "handlers/payments/link_request.py",
        'return f"{record.id.reveal()}:{record.version}"',
        "return f\"{record.id.reveal()}:{__import__('uuid').uuid4()}\"",
        "one link for one payment",
        seed=9,
    ),
    Mutant(
        "a charge applied as often as it is told",
        "handlers/payments/checkout.py",
        "if not charges.keep(connection, taken):",
        "if not charges.keep(connection, taken) and False:",
        '"paid" is said only when it is true',
    ),
    Mutant(
        "an outbox row marked as sent before it is sent",
        "handlers/outbox/deliver.py",
        '"leased_until": now + LEASE}',
        '"leased_until": now + LEASE, "state": "sent", "done_at": now}',
        "whoever paid is told once",
        seed=17,
    ),
    Mutant(
        "a bank's promise taken for its money",
        "handlers/payments/visit.py",
        'if session.payment_status == "paid":',
        'if session.payment_status == "paid" or session.status == "complete":',
        "every posting is about something that happened",
    ),
    Mutant(
        "a second payment dropped",
        "handlers/payments/checkout.py",
        'if record is None or taken.kind == "differs":',
        'if taken.kind == "second":\n            return Verdict("ignored", "paid already", record)\n'
        '        if record is None or taken.kind == "differs":',
        "the book of Stripe is Stripe's balance",
    ),
    Mutant(
        "money on somebody else's account",
        "handlers/payments/surplus.py",
        "who, by = record.account_id, record.id",
        "who, by = record.account_id % 3 + 1, record.id",
        "money goes to the payment's own account",
    ),
    Mutant(
        "facts that are overwritten",
        "handlers/payments/records.py",
        "update(payment).where(payment.c.id == payment_id.reveal(), column.is_(None)).values({column: at})",
        "update(payment).where(payment.c.id == payment_id.reveal()).values({column: at})",
        "the program breaks",
    ),
    Mutant(
        "an unsure text sent again without asking",
        "handlers/sms/sending.py",
        "if delivery.unsure_since is not None:",
        "if delivery.unsure_since is not None and False:",
        "no two texts for one cause",
        seed=47,
    ),
    Mutant(
        "a part refund that opens the whole bill",
        "handlers/payments/reversal.py",
        "take_back_lines(connection, matter.charge, money.minor, against)",
        "take_back_lines(connection, matter.charge, matter.charge.total.minor, against)",
        "an account is credited what was paid for it",
        seed=8,
    ),
    Mutant(
        "money taken off the bill at the opening of a dispute",
        "handlers/payments/disputes.py",
        '_LOST = ("lost", "prevented")',
        '_LOST = ("lost", "prevented", "needs_response")',
        "every posting is about something that happened",
    ),
    Mutant(
        "a withdrawn link left on",
        "handlers/payments/carriers.py",
        'if named not in ("expired", "withdrawn", "failed"):',
        'if named not in ("expired", "failed"):',
        "a link that is over is turned off",
    ),
    Mutant(
        "an opt-out not looked at before sending",
        "handlers/outbox/deliver.py",
        'if row.kind == "text" and not self._may_send(',
        'if row.kind == "nothing" and not self._may_send(',
        "no text goes to somebody who opted out",
    ),
    Mutant(
        "a message that comes again answered anew",
        "handlers/sessions/memory.py",
        "if answer is not None:",
        "if answer is not None and False:",
        "the same message gets the same answer",
    ),
    Mutant(
        "a task that the broker lost never found again",
        "handlers/outbox/sweep.py",
        "or_(outbox.c.handed_until.is_(None), outbox.c.handed_until <= now)",
        "outbox.c.handed_until.is_(None)",
        "no row of the outbox is left open",
    ),
    Mutant(
        "a row that a dead worker held never taken again",
        "handlers/outbox/rows.py",
        "or_(leased_until.is_(None), leased_until <= now)",
        "leased_until.is_(None)",
        "no row of the outbox is left open",
        seed=11,
    ),
    Mutant(
        "a missed event found and not settled",
        "handlers/settlement/run.py",
        "settled = self._repairs.carry_out(line, missed)",
        "settled = False",
        "the ledger and Stripe's statement agree",
        seed=20,
    ),
    Mutant(
        "a link in a log line",
        "handlers/payments/links.py",
        'self._observe("made")',
        '__import__("logging").getLogger("guestpay.payments").info("made %s", made.link_url)',
        "no secret leaves the program",
    ),
    Mutant(
        "the whole fee kept of what nobody owed",
        "handlers/payments/surplus.py",
        "return Division(nothing, nothing, record.total)",
        "return Division(nothing, record.fee, record.amount)",
        "an account is credited what was paid for it",
    ),
)
