"""What an operator sees of the events that wait for a person."""

from handlers.console.commands import commands
from tests.payments.test_paying import completed
from tests.payments.world import World


def parked(world: World) -> list[str]:
    """What `flask payments parked` prints."""
    for command in commands(world.engine, world.utilities, world.clock):
        world.app.cli.add_command(command)
    done = world.app.test_cli_runner().invoke(args=["payments", "parked"])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_without_parked_events_it_says_so(world: World) -> None:
    world.pay(world.link())
    assert parked(world) == ["0 parked."]


def test_parked_events_are_listed_newest_first_with_the_payments_reference(world: World) -> None:
    record = world.link()
    for session in (world.visit(record), world.visit(record)):
        world.sandbox.till.pay_by_card(session)
        world.deliver(completed(world), id=f"evt_{session['id']}")
    twice = f"evt_{session['id']}"
    world.clock.pass_time(hours=1)
    world.deliver({**completed(world), "id": "evt_dispute", "type": "charge.dispute.created"})
    end = record.id.reveal()[-8:].upper()
    assert parked(world) == [
        "evt_dispute  2026-11-22 19:00  charge.dispute.created  dispute",
        f"{twice}  2026-11-22 18:00  checkout.session.completed  paid a second time  payment {end[:4]}-{end[4:]}",
        "2 parked.",
    ]
