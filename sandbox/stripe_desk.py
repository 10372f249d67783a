"""What every doing of the miniature Stripe stands on: its objects, its balance, its way to tell what happened."""

from sandbox import stripe_movements, stripe_objects
from sandbox.post_office import PostOffice
from sandbox.setting import Setting
from sandbox.stripe_events import Webhooks
from sandbox.stripe_link_maker import LinkMaker
from sandbox.stripe_objects import Thing
from sandbox.stripe_store import Store

Request = tuple[str | None, str | None]
BY_ITSELF: Request = (None, None)


class Desk:
    """One account at Stripe. Sums are in minor units."""

    def __init__(self, setting: Setting, post: PostOffice) -> None:
        self.setting, self._mint = setting, setting.mint
        self.store = Store()
        self.links = LinkMaker(setting, self.store)
        self.webhooks = Webhooks(setting, post)
        self._post = post
        self._unripe: list[tuple[Thing, Thing]] = []

    def tell(self, kind: str, about: Thing, request: Request = BY_ITSELF, before: Thing | None = None) -> None:
        """Make an event of it and send it out. `request` caused it; `before` is what an update changed."""
        event = self.store.add(stripe_objects.event(self._mint, kind, self.store.shown(about, []), *request))
        if before:
            event["data"]["previous_attributes"] = before
        self.webhooks.send(event)

    def ripen(self, at_once: bool = False) -> None:
        """Let what came in become available once its time has come, or `at_once`."""
        now, waiting = self._mint.now(), []
        for moved, charge in self._unripe:
            if at_once or (charge["status"] != "pending" and moved["available_on"] <= now):
                moved |= {"status": "available", "available_on": min(moved["available_on"], now)}
            else:
                waiting.append((moved, charge))
        self._unripe = waiting

    def _moved(self, amount: int, source: Thing, kind: str, description: str | None = None, fee: int = 0) -> Thing:
        moved = self.store.add(
            stripe_movements.balance_transaction(
                self._mint, amount, source["currency"], source["id"], kind, description, fee
            )
        )
        if moved["status"] == "pending":
            self._unripe.append((moved, source))
        return moved
