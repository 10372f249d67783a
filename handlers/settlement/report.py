"""The report of a day, as plain text for a person in the morning. No account numbers, no phone numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.money import Money
from handlers.payments.records import reference
from handlers.settlement.books import Totals
from handlers.settlement.findings import Difference, Note, What
from handlers.settlement.lines import StatementLine

_TO_DO: dict[What, str] = {
    "missing here": "Look it up in Stripe. It was taken once more and did not fit: settle it in billing.",
    "missing at Stripe": "Look it up in Stripe, and ask whether key or account were changed since.",
    "sums differ": "Look it up in Stripe, and find out which of the two is right.",
    "unknown kind": "Look it up in Stripe, and put it into the utility's own books.",
    "not of this mode": "Compare the key with the account.",
}


@dataclass(slots=True)
class Kind:
    """The lines of one kind and currency, added up."""

    lines: int = 0
    gross: int = 0
    fees: int = 0


@dataclass(slots=True)
class Report:
    """What came out. `settled` are the differences that a person has closed, and who; `held` is Stripe's balance now.

    `utility` is whose zone the day is in. `kinds` is by type and currency.
    """

    day: date
    zone: ZoneInfo
    utility: str
    others: bool
    dry_run: bool
    kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)
    matched: int = 0
    repaired: list[Note] = field(default_factory=list)
    waiting: list[Note] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    closed: int = 0
    totals: dict[str, Totals] = field(default_factory=dict)
    held: dict[str, Money] = field(default_factory=dict)
    since: datetime | None = None

    @property
    def lines(self) -> int:
        """How many lines Stripe has for the day."""
        return sum(kind.lines for kind in self.kinds.values())

    @property
    def open(self) -> Sequence[Difference]:
        """The differences that wait for a person."""
        return [each for each in self.differences if each.ticket not in self.settled]

    @property
    def clean(self) -> bool:
        """Nothing waits for a person."""
        return not self.open

    def count(self, lines: Iterable[StatementLine]) -> None:
        """Add lines of the day up."""
        for line in lines:
            kind = self.kinds.setdefault((line.type, line.money.currency), Kind())
            kind.lines += 1
            kind.gross += line.money.minor
            kind.fees += line.fee.minor

    def text(self) -> str:
        """All of it."""
        return "\n".join([*self._head(), *self._kinds(), *self._sums(), *self._notes(), *self._differences()])

    def _head(self) -> Iterator[str]:
        yield f"Stripe and the ledger, {self.day:%A %Y-%m-%d} in {self.zone.key}, the zone of {self.utility}"
        if self.others:
            yield "(Stripe's account is one for all utilities: the day is that of the first profile.)"
        if self.dry_run:
            yield "Dry run: nothing was changed, here or at Stripe."
        repaired = "could be repaired" if self.dry_run else "repaired"
        yield (
            f"{self.lines} lines at Stripe, {self.matched} of them in the ledger; {len(self.repaired)} {repaired}, "
            f"{len(self.waiting)} not decided yet, {_left(len(self.open))}."
        )
        if self.closed:
            yield f"{self.closed} tickets of earlier differences are closed: they are gone."

    def _kinds(self) -> Iterator[str]:
        yield f"\n{'kind':<24}{'lines':>8}{'gross':>16}{'fees':>14}"
        for (name, currency), kind in sorted(self.kinds.items()):
            gross, fees = Money(kind.gross, currency), Money(kind.fees, currency)
            yield f"{name:<24}{kind.lines:>8}{gross.decimal():>16}{fees.decimal():>14} {currency}"

    def _sums(self) -> Iterator[str]:
        since = f"{self.since.astimezone(self.zone):%Y-%m-%d}" if self.since else "none yet"
        for currency, sums in sorted(self.totals.items()):
            held = self.held.get(currency, Money(0, currency))
            yield f"\n{currency} at the end of the day"
            yield _sum("the ledger's book 'stripe'", sums.ledger)
            yield _sum(f"all lines of Stripe's (since {since})", sums.statement)
            yield _sum("difference", sums.ledger - sums.statement)
            yield f"{currency} now (Stripe's fees since then are posted tomorrow)"
            yield _sum("the ledger's book 'stripe'", sums.ledger_now)
            yield _sum("Stripe's balance, available and pending", held)
            yield _sum("difference", sums.ledger_now - held)

    def _notes(self) -> Iterator[str]:
        for title, notes in (
            (_REPAIRED[self.dry_run], self.repaired),
            ("Not decided yet, nothing to do", self.waiting),
        ):
            if notes:
                yield f"\n{title}"
            for note in notes:
                money = f"{note.money.decimal()} {note.money.currency}, " if note.money else ""
                yield f"  {note.about}: {money}{note.why}"

    def _differences(self) -> Iterator[str]:
        if self.differences:
            yield "\nDifferences"
        for each in self.differences:
            payment = f", payment {reference(each.payment_id)}" if each.payment_id else ""
            money = f"{each.money.decimal()} {each.money.currency}"
            yield f"  {each.what}: {each.about} ({each.key}), {money}, {each.at:%Y-%m-%d %H:%M} UTC{payment}"
            yield f"    {each.why[:1].upper()}{each.why[1:]}."
            settler = self.settled.get(each.ticket)
            yield f"    Settled by {settler}." if settler else f"    {_TO_DO[each.what]} Then close its ticket."
        if not self.differences:
            yield "\nNo differences."


_REPAIRED = {False: "Repaired", True: "Could be repaired"}


def _left(differences: int) -> str:
    return f"{differences} difference{'' if differences == 1 else 's'} left"


def _sum(name: str, money: Money) -> str:
    return f"  {name:<46}{money.decimal():>16}"
