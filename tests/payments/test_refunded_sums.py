"""A payer reads the sum that went back, also where Stripe had taken another one than we asked for."""

from bot.money import Money
from handlers.ledger.journal import Line, post
from handlers.payments.charges import Charge, keep
from handlers.payments.refunds import Refunds
from tests.payments.back import Back
from tests.payments.world import World


def test_another_sum_that_a_person_put_on_the_bill_goes_back_under_its_own_name(world: World) -> None:
    record, now, came = world.link(), world.clock.now(), Money(5000)
    charge = Charge("ch_1", "cs_1", "pi_1", record.id, record.account_id, came, "differs", now)
    lines = [
        Line("stripe", came, record.account_id, record.id),
        Line("receivable", -came, record.account_id, record.id),
    ]
    with world.engine.begin() as connection:
        keep(connection, charge)
        post(connection, "paid:ch_1", lines, now, now.date(), "ch_1")
    back = Back(world, record, charge)
    back.apply(Refunds(world.clock, *back.tools), [back.refund(amount=5000)])
    assert "we sent $50.00 for account ...5678 back to you. The bill is open again." in world.texts()[-1]
