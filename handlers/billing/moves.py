"""Which billing periods are paid by what billing says moved without us, which are open again, where credit is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from handlers.ledger.periods import OpenPeriod, spread


@dataclass(frozen=True, slots=True)
class Period:
    """A billing period: `minor` is open of it, and `closed` is how much less than its bill charged that is.

    Both in minor units; `closed` as billing knows it. `bill_id` None: before the first bill we know, or credit.
    """

    bill_id: int | None
    minor: int
    closed: int


@dataclass(frozen=True, slots=True)
class Place:
    """What came to lie on a billing period, in minor units, by the charge at Stripe that brought it, if one did."""

    bill_id: int | None
    charge_id: str | None
    payment_id: str | None
    minor: int


@dataclass(frozen=True, slots=True)
class Move:
    """So much, above zero, goes from a place to another billing period."""

    place: Place
    bill_id: int | None
    minor: int


def elsewhere(minor: int, periods: Sequence[Period]) -> list[tuple[int | None, int]]:
    """What each period gets of `minor`, by which an account owes more than we knew, or less if it is below zero.

    Paid elsewhere: the oldest first. Owed in addition: a credit is used up, then the periods that we thought paid are
    open again, the newest first, for the oldest are paid first; the rest is older than any bill we know.
    """
    if minor < 0:
        open_now = [OpenPeriod(period.bill_id, period.minor) for period in periods]
        return [(bill_id, -part) for bill_id, part in spread(-minor, open_now)]
    credit = [OpenPeriod(None, -period.minor) for period in periods if period.bill_id is None]
    paid = [OpenPeriod(period.bill_id, period.closed) for period in reversed(periods) if period.bill_id is not None]
    return spread(minor, [*credit, *paid])


def put_to_use(places: Sequence[Place]) -> list[Move]:
    """The moves that leave no period with more than it needs, and no credit while a period is open.

    `places` are one account's, its oldest period first, in each the youngest money first: that is what was too much.
    """
    periods = [(bill_id, list(theirs)) for bill_id, theirs in groupby(places, lambda place: place.bill_id)]
    open_now = {bill_id: max(sum(place.minor for place in theirs), 0) for bill_id, theirs in periods}
    moves: list[Move] = []
    for bill_id, theirs in sorted(periods, key=lambda period: period[0] is None):  # what is left becomes credit: last
        too_much = -sum(place.minor for place in theirs)
        for place in theirs:
            part = min(max(too_much, 0), max(-place.minor, 0))
            too_much -= part
            for to, minor in spread(part, [OpenPeriod(*each) for each in open_now.items()]):
                if to != bill_id:
                    moves.append(Move(place, to, minor))
                    open_now[to] = max(open_now.get(to, 0) - minor, 0)
    return moves
