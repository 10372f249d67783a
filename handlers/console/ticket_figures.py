"""How many tickets wait for a person, for Prometheus: asked of SQL whenever it looks."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from bot.errors import Unavailable
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tickets import count_open


class _Once(Collector):
    """One figure that is known already."""

    def __init__(self, family: GaugeMetricFamily) -> None:
        self._family = family

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """It."""
        yield self._family


def ticket_figures(engine: Engine) -> bytes:
    """`guestpay_open_tickets{kind}`, every kind; nothing while SQL is away, for nobody knows then."""
    try:
        with reachable(), reading(engine) as connection:
            counts = count_open(connection)
    except Unavailable:
        return b""
    family = GaugeMetricFamily("guestpay_open_tickets", "Tickets that wait for a person.", labels=["kind"])
    for kind, number in counts.items():
        family.add_metric([kind], number)
    registry = CollectorRegistry()
    registry.register(_Once(family))
    return generate_latest(registry)
