"""Two people, one bill: the short link looks before it sends anybody to Stripe (RULES M1, M2)."""

from bot.money import Money
from handlers.payments.records import Record
from tests.cast import ELIS_PHONE, texting
from tests.payments.test_pages import follow
from tests.payments.world import World

ELI = texting(ELIS_PHONE)


def pay_from_a_bank(world: World, record: Record) -> None:
    world.sandbox.till.pay_by_bank(world.visit(record))
    assert world.deliver(world.events_of("checkout.session.completed")[-1]).status_code == 200


def test_nobody_is_sent_to_pay_what_a_bank_is_sending_already(world: World) -> None:
    anas, elis = world.link(), world.link(payer=ELI, method="bank")
    pay_from_a_bank(world, elis)
    status, page = follow(world, anas)
    assert (status, "A payment is on its way" in page) == (200, True)
    assert world.active(anas)


def test_the_link_opens_again_when_the_bank_says_no(world: World) -> None:
    anas, elis = world.link(), world.link(payer=ELI, method="bank")
    session = world.visit(elis)
    world.sandbox.till.pay_by_bank(session)
    world.deliver(world.events_of("checkout.session.completed")[-1])
    world.sandbox.till.settle_bank(session, good=False)
    world.deliver(world.events_of("checkout.session.async_payment_failed")[-1])
    assert follow(world, anas) == (303, anas.link_url)


def test_a_part_that_fits_beside_what_the_bank_is_sending_may_be_paid(world: World) -> None:
    anas, elis = world.link(amount=Money(2000)), world.link(amount=Money(3000), payer=ELI, method="bank")
    pay_from_a_bank(world, elis)
    assert follow(world, anas)[0] == 303


def test_whoever_asked_after_the_bank_was_asked_knew_of_it_and_may_pay(world: World) -> None:
    elis = world.link(payer=ELI, method="bank")
    pay_from_a_bank(world, elis)
    world.clock.pass_time(minutes=1)
    assert follow(world, world.link())[0] == 303
