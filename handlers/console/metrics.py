"""The figures an operator watches. Labels come from short fixed lists: never a number, an address or a hash of one."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Seconds. A turn without SQL takes milliseconds; p95 is to stay under 1 s; Twilio gives up at 15 (RULES T3).
_TURN_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 8.0, 15.0)


class Metrics:
    """Counts what happens, in a registry of its own.

    `folder` is where gunicorn's processes keep their figures together (`PROMETHEUS_MULTIPROC_DIR`, which must be set
    before `prometheus_client` is first imported); without it this process tells of itself alone.
    """

    def __init__(self, registry: CollectorRegistry, folder: str | None = None) -> None:
        self._registry = registry
        self._folder = folder
        self._turns = Counter("guestpay_turns", "Turns, by flow and outcome.", ["flow", "outcome"], registry=registry)
        self._seconds = Histogram(
            "guestpay_turn_seconds", "How long a turn took.", registry=registry, buckets=_TURN_BUCKETS
        )
        self._links = Counter("guestpay_links", "Payment links, by result.", ["result"], registry=registry)
        self._payments = Counter("guestpay_payments", "Payments that reached a state.", ["state"], registry=registry)
        self._sends = Counter("guestpay_sends", "Texts and emails, by outcome.", ["kind", "outcome"], registry=registry)
        self._refused = Counter("guestpay_refused", "Requests turned away, by reason.", ["reason"], registry=registry)
        self._failed = Counter("guestpay_failed_turns", "Turns that failed, by reason.", ["reason"], registry=registry)

    def turn(self, flow: str, outcome: str) -> None:
        """A turn of `flow` ended in `outcome`."""
        self._turns.labels(flow, outcome).inc()

    def turn_took(self, seconds: float) -> None:
        """A turn was answered in this time."""
        self._seconds.observe(seconds)

    def link(self, result: str) -> None:
        """A payment link was "made", "late", "refused", "closed" or the like."""
        self._links.labels(result).inc()

    def payment(self, state: str) -> None:
        """A payment reached `state`, one of `bot.ports.PaymentState`."""
        self._payments.labels(state).inc()

    def sent(self, kind: str, outcome: str) -> None:
        """A parcel of `kind` was tried, and what came of it."""
        self._sends.labels(kind, outcome).inc()

    def refused(self, reason: str) -> None:
        """A request was turned away at the edge."""
        self._refused.labels(reason).inc()

    def failed(self, reason: str) -> None:
        """A turn failed: "unavailable" or "broken"."""
        self._failed.labels(reason).inc()

    def text(self) -> bytes:
        """Everything, for Prometheus to read (`CONTENT_TYPE`), from all processes if they share a folder."""
        if not self._folder:
            return generate_latest(self._registry)
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody, path=self._folder)  # type: ignore[no-untyped-call]
        return generate_latest(everybody)
