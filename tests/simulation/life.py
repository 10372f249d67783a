"""What happens: people text, tap and pay, banks decide, staff acts, the post comes or does not, time passes."""

from collections.abc import Callable

from tests.simulation.billing import Billing
from tests.simulation.crowd import Crowd
from tests.simulation.post import Post
from tests.simulation.staff import Staff
from tests.simulation.world import World

# Seconds that pass, and how often: mostly a little, seldom days.
_SPANS = (1, 5, 10, 31, 60, 95, 130, 300, 1000, 3700, 18_000, 90_000, 260_000)
_OFTEN = (20, 20, 20, 20, 10, 10, 10, 5, 2, 2, 1, 1, 1)


class Life:
    """Everything that can happen. `step` lets one thing happen, chosen by the dice."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.billing = Billing(world)
        self.crowd, self.post, self.staff = Crowd(world, self.billing), Post(world), Staff(world)
        world.step = self.step

    def step(self) -> None:
        """One thing happens."""
        acts = [*self._common(), *self._rare()]
        weights = [weight for weight, _ in acts]
        self._world.dice.choices([act for _, act in acts], weights)[0]()

    def _common(self) -> list[tuple[float, Callable[[], None]]]:
        crowd, post = self.crowd, self.post
        return [
            (20, crowd.text),
            (4 if crowd.letters else 0, crowd.post_letter),
            (10 if crowd.readers() else 0, crowd.tap),
            (12 if crowd.open_visits() else 0, crowd.pay),
            (15 if self._world.sandbox.errands else 0, post.run_errand),
            (8, post.sweep),
            (12 if post.tasks else 0, post.work),
            (6, self.pass_time),
        ]

    def _rare(self) -> list[tuple[float, Callable[[], None]]]:
        staff = self.staff
        return [
            (3 if staff.pending() else 0, staff.bank_decides),
            (1.2 if staff.refundable() else 0, staff.refund),
            (1.5 if staff.refunds_open() else 0, staff.refund_ends),
            (0.8 if staff.disputable() else 0, staff.dispute),
            (2 if staff.disputes_open() else 0, staff.dispute_ends),
            (0.7, staff.pay_out),
            (1 if staff.payouts_open() else 0, staff.payout_ends),
            (1.5, self.billing.import_bill),
            (0.7, staff.reconcile),
        ]

    def pass_time(self) -> None:
        """Time passes."""
        self._world.clock.pass_time(seconds=self._world.dice.choices(_SPANS, _OFTEN)[0])
