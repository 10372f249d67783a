"""Figures: what two loads, one of ours and one of the floor's, say beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.load import Load

THROUGHPUT, P99 = 0.6, 3.0  # what we want of a turn that needs only the session, as ratios to the floor


@dataclass
class Side:
    """One side's batches of one kind of turn, together."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def add(self, load: Load) -> None:
        """One more batch."""
        self.seconds += load.seconds
        self.latencies += load.latencies

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The milliseconds within which this share of the turns was answered."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Kind:
    """One kind of turn: ours and the floor's, measured in turns."""

    name: str
    ours: Side = field(default_factory=Side)
    floor: Side = field(default_factory=Side)

    def row(self) -> str:
        """A row of the table."""
        p50, p99 = (self.ours.percentile(share) / self.floor.percentile(share) for share in (0.5, 0.99))
        return (
            f"| {self.name} | {len(self.ours.latencies)} | {self.ours.rate:.0f}/s | {self.floor.rate:.0f}/s "
            f"| **{self.ours.rate / self.floor.rate:.2f}** "
            f"| {self.ours.percentile(0.5):.1f} ms ({p50:.2f}) | {self.ours.percentile(0.99):.1f} ms ({p99:.2f}) |"
        )


def together(name: str, kinds: Sequence[Kind]) -> Kind:
    """All of these kinds as one."""
    sum_ = Kind(name)
    for kind in kinds:
        for total, side in ((sum_.ours, kind.ours), (sum_.floor, kind.floor)):
            total.seconds += side.seconds
            total.latencies += side.latencies
    return sum_


def table(kinds: Sequence[Kind]) -> str:
    """A Markdown table; ratios to the floor in bold and in brackets."""
    head = "| turn | count | ours | floor | ratio | p50 (ratio) | p99 (ratio) |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *(kind.row() for kind in kinds)])
