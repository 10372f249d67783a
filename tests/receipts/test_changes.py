"""The truth changes: after refunds and disputes the page, the signed facts and the PDF say so, all the same."""

import pytest

from bot.money import Money
from handlers.receipts.facts import Standing
from tests.payments.world import World
from tests.receipts.reading import facts, page, pdf, text_of
from tests.receipts.stand import Stand


def standing(stand: Stand) -> tuple[str, str, str, str]:
    """How it stands by the signed facts, after the page and the PDF were seen to agree."""
    said = facts(stand.world, stand.record)
    for seen in (page(stand.world, stand.record), text_of(pdf(stand.world, stand.record))):
        gone = Money.parse(said["total"]) != Money.parse(said["still-paid"])
        assert (f"Still paid ${said['still-paid']}" in seen) == gone
        assert (f"Sent back ${said['sent-back']}" in seen) == (said["sent-back"] != "0.00")
        assert (f"Taken back by the bank ${said['charged-back']}" in seen) == (said["charged-back"] != "0.00")
        assert heading(stand.world, said["standing"]) in seen
    return said["standing"], said["dispute"], said["sent-back"], said["still-paid"]


def heading(world: World, named: str) -> str:
    return world.speech.copies["en"][f"pages.receipt_{named}_heading"]


def test_paid(world: World) -> None:
    assert standing(Stand(world)) == ("paid", "none", "0.00", "85.95")


def test_a_refund_of_a_part(world: World) -> None:
    stand = Stand(world)
    stand.sent_back(1, 2000)
    assert standing(stand) == ("part_sent_back", "none", "20.00", "65.95")
    assert "$20.00 of this payment went back to the payer. $65.95 is still paid." in page(world, stand.record)


def test_a_refund_on_its_way_changes_nothing_yet(world: World) -> None:
    stand = Stand(world)
    stand.moved("refund_out:re_1", stripe=-8595, returning=8595)
    assert standing(stand) == ("paid", "none", "0.00", "85.95")


def test_a_whole_refund(world: World) -> None:
    stand = Stand(world)
    stand.moved("refund_out:re_1", stripe=-8595, returning=8595)
    stand.moved("refund:re_1", "refunded_at", returning=-8595, receivable=8420, fees=175)
    assert standing(stand) == ("sent_back", "none", "85.95", "0.00")
    assert "sent $85.95 back on Nov 22, 2026" in page(world, stand.record)


def test_refunds_of_all_but_the_fee(world: World) -> None:
    stand = Stand(world)
    stand.sent_back(1, 4420)
    stand.sent_back(2, 4000, "refunded_at")
    assert standing(stand) == ("sent_back", "none", "84.20", "1.75")


def test_a_whole_refund_that_came_to_us_again(world: World) -> None:
    stand = Stand(world)
    stand.sent_back(1, 8420, "refunded_at")
    stand.moved("refund_back:re_1", stripe=8420, unapplied=-8420)
    assert standing(stand) == ("came_back", "none", "0.00", "1.75")


def test_a_dispute_that_is_open(world: World) -> None:
    stand = Stand(world)
    stand.moved("dispute:txn_1", "disputed_at", stripe=-8595, disputed=8595)
    assert standing(stand) == ("disputed", "open", "0.00", "85.95")


def test_a_dispute_that_nothing_was_taken_for_yet(world: World) -> None:
    stand = Stand(world)
    stand.fact("disputed_at")
    assert standing(stand) == ("disputed", "open", "0.00", "85.95")


def test_a_dispute_that_was_won(world: World) -> None:
    stand = Stand(world)
    stand.moved("dispute:txn_1", "disputed_at", stripe=-8595, disputed=8595)
    stand.moved("dispute:txn_2", "dispute_won_at", stripe=8595, disputed=-8595)
    assert standing(stand) == ("paid", "won", "0.00", "85.95")


def lost(stand: Stand) -> None:
    stand.moved("dispute:txn_1", "disputed_at", stripe=-8595, disputed=8595)
    stand.moved("charged_back:du_1", "charged_back_at", disputed=-8595, receivable=8420, fees=175)


def test_a_dispute_that_was_lost(world: World) -> None:
    stand = Stand(world)
    lost(stand)
    assert standing(stand) == ("charged_back", "lost", "0.00", "0.00")
    assert facts(world, stand.record)["charged-back"] == "85.95"


def test_a_dispute_of_a_part_that_was_lost(world: World) -> None:
    stand = Stand(world)
    stand.moved("dispute:txn_1", "disputed_at", stripe=-2000, disputed=2000)
    stand.moved("charged_back:du_1", disputed=-2000, receivable=2000)
    assert standing(stand) == ("part_sent_back", "lost", "0.00", "65.95")


def test_a_lost_dispute_whose_money_the_bank_returned_after_all(world: World) -> None:
    stand = Stand(world)
    lost(stand)
    stand.moved("won_back:txn_2", "dispute_won_at", disputed=8595, unapplied=-8595)
    stand.moved("dispute:txn_2", stripe=8595, disputed=-8595)
    assert standing(stand) == ("came_back", "won", "0.00", "0.00")


def test_a_refund_of_a_part_and_a_lost_dispute_of_the_rest(world: World) -> None:
    stand = Stand(world)
    stand.sent_back(1, 2000)
    stand.moved("dispute:txn_1", "disputed_at", stripe=-6595, disputed=6595)
    stand.moved("charged_back:du_1", "charged_back_at", disputed=-6595, receivable=6420, fees=175)
    assert standing(stand) == ("charged_back", "lost", "20.00", "0.00")


def test_a_whole_refund_of_before_charges_were_kept(world_on_sqlite: World) -> None:
    stand = Stand(world_on_sqlite)
    other = world_on_sqlite.link()
    stand.record = other
    stand.fact("paid_at")
    stand.fact("refunded_at")
    assert standing(stand) == ("sent_back", "none", "85.95", "0.00")


def test_what_stripe_tells_of_a_refund_of_a_part(world: World) -> None:
    record = world.link()
    world.pay(record)
    till = world.sandbox.till
    till.refund({"charge": till.store.all("charge")[0]["id"], "amount": "2000"})
    world.deliver(world.events_of("refund.created")[-1])
    said = facts(world, record)
    assert (said["standing"], said["sent-back"], said["still-paid"]) == ("part_sent_back", "20.00", "65.95")
    assert said["period"] == "2026-10-14/2026-11-12 84.20"


def test_what_stripe_tells_of_a_dispute_from_its_beginning_to_its_end(world: World) -> None:
    record = world.link()
    world.pay(record)
    till, seen = world.sandbox.till, [facts(world, record)["standing"]]
    dispute = till.dispute(till.store.all("charge")[0])
    world.deliver(world.events_of("charge.dispute.created")[-1])
    seen.append(facts(world, record)["standing"])
    till.close_dispute(dispute, "lost")
    world.deliver(world.events_of("charge.dispute.closed")[-1])
    said = facts(world, record)
    assert [*seen, said["standing"]] == ["paid", "disputed", "charged_back"]
    assert (said["charged-back"], said["still-paid"]) == ("85.95", "0.00")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("named", Standing.__args__)  # type: ignore[attr-defined]
def test_every_standing_has_its_words(world_on_sqlite: World, named: str, language: str) -> None:
    copy = world_on_sqlite.speech.copies[language]
    assert copy[f"pages.receipt_{named}_heading"] and copy[f"pages.receipt_{named}"]


def test_in_spanish_too(world_on_sqlite: World) -> None:
    stand = Stand(world_on_sqlite, language="es")
    stand.sent_back(1, 2000)
    assert "Devuelto $20.00 Sigue pagado $65.95" in page(world_on_sqlite, stand.record)
    assert "Devuelto $20.00 Sigue pagado $65.95" in text_of(pdf(world_on_sqlite, stand.record))


def test_a_proof_of_before_says_its_day(world_on_sqlite: World) -> None:
    stand = Stand(world_on_sqlite)
    before = facts(world_on_sqlite, stand.record)
    world_on_sqlite.clock.pass_time(days=2)
    stand.sent_back(1, 2000)
    after = facts(world_on_sqlite, stand.record)
    assert (before["as-of"], before["standing"]) == ("2026-11-22", "paid")
    assert (after["as-of"], after["standing"]) == ("2026-11-24", "part_sent_back")
