"""Coming to rest: no more mishaps, everything is decided, the post is delivered, days pass, what is due is done."""

from datetime import timedelta

from tests.simulation.life import Life
from tests.simulation.world import World

_ROUNDS = 200
_SOON = (timedelta(minutes=3), timedelta(minutes=3), timedelta(minutes=61), timedelta(minutes=16))
_DAYS = 4


def come_to_rest(world: World, life: Life) -> None:
    """Let everything end."""
    world.mishaps.on = False
    world.log("at rest from here on")
    _decide(life)
    for span in _SOON:
        _drain(world, life)
        world.clock.pass_time(seconds=span.total_seconds())
    _drain(world, life)
    world.law.links.check_known()
    for _ in range(_DAYS):
        world.clock.pass_time(hours=25)
        for visit in world.sandbox.till.store.all("checkout.session"):
            if visit["status"] == "open" and visit["expires_at"] <= world.clock.now().timestamp():
                world.sandbox.till.expire(visit)
        life.staff.reconcile()
        _drain(world, life)
        _decide(life)
        _drain(world, life)
    life.staff.reconcile_all()
    _drain(world, life)


def _decide(life: Life) -> None:
    """Banks and card networks come to their decisions."""
    staff = life.staff
    while staff.pending():
        staff.bank_decides()
    while staff.refunds_open():
        staff.refund_ends()
    while staff.disputes_open():
        staff.dispute_ends()


def _drain(world: World, life: Life) -> None:
    """Until nothing moves any more."""
    for _ in range(_ROUNDS):
        now = world.clock.now().timestamp()
        due = [errand for errand in world.sandbox.errands if errand.due <= now]
        for errand in due:
            life.post.run(errand)
        while life.crowd.letters:
            life.crowd.post_letter()
        life.post.sweep()
        worked = bool(life.post.tasks)
        while life.post.tasks:
            life.post.work()
        if not due and not worked:
            return
    world.law.demand(False, "everything comes to rest")
