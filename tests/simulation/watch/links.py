"""Links at Stripe: none is on for a payment that is over, and none was made twice."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

if TYPE_CHECKING:
    from tests.simulation.law import Law
    from tests.simulation.world import World


class Links:
    """Looks at Stripe's links once all is at rest: by then every link's time is up."""

    def __init__(self, world: "World", law: "Law") -> None:
        self._world = world
        self._law = law

    def check_known(self) -> None:
        """Once their time is up, and before reconciliation looks: the links that we know of."""
        known = {row["link_id"] for row in self._law.refreshed().values()}
        for link in self._all():
            off = link["id"] not in known or not link["active"]
            self._law.demand(off, "a link that is over is turned off", link["id"])

    def check(self, _connection: Connection) -> None:
        """At rest."""
        made = Counter(link["metadata"].get("payment") for link in self._all())
        for name, count in made.items():
            asked = self._law.payments.rows[name]["version"]  # one more for each time that Stripe broke over it
            self._law.demand(count <= asked, "one link for one payment", f"{name}: {count} of {asked}")
        for link in self._all():
            self._law.demand(not link["active"], "no link stays on at Stripe", link["id"])

    def _all(self) -> list[dict[str, Any]]:
        return self._world.sandbox.till.store.all("payment_link")
