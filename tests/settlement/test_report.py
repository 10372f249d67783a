"""What a person reads in the morning, and what cron sees of it."""

import pytest
from click.testing import CliRunner, Result

from bot.names import PaymentId
from handlers.console.reconcile_command import reconcile_command
from handlers.payments.records import reference
from tests.cast import ANA, ANAS_PHONE
from tests.settlement.morning import MONDAY_AT_SEVEN, Morning


@pytest.fixture
def morning_at_seven(morning: Morning) -> Morning:
    """A Sunday with a payment, one whose webhook was lost, and a line that we do not post."""
    morning.paid()
    morning.line("transfer", -5000, "tr_1")
    return morning


def typed(morning: Morning, *words: str) -> Result:
    morning.until(max(MONDAY_AT_SEVEN, morning.clock.now()))
    return CliRunner().invoke(reconcile_command(morning.engine, morning.reconciliation), words)


def test_a_clean_day_ends_with_0_and_a_difference_with_1(morning: Morning) -> None:
    morning.paid()
    assert typed(morning).exit_code == 0
    morning.line("transfer", -5000, "tr_1")
    assert typed(morning, "--date", "2026-11-23").exit_code == 2  # it is not over yet
    assert typed(morning, "--date", "2026-11-22").exit_code == 0  # the line is of Monday
    morning.clock.pass_time(days=1)
    assert typed(morning, "--date", "2026-11-23").exit_code == 1


def test_what_came_to_no_end_is_neither(morning: Morning) -> None:
    morning.world.sandbox.fail_next("stripe", status=503)
    away = typed(morning)
    morning.world.sandbox.fail_next("stripe", status=403)
    refused = typed(morning)
    assert (away.exit_code, refused.exit_code) == (2, 2)
    assert "Try again when it is back" in away.output
    assert "stripe 403" in refused.output


def test_the_report_says_it_all_in_plain_words(morning_at_seven: Morning) -> None:
    said = typed(morning_at_seven).output
    line = next(one for one in morning_at_seven.store.all("balance_transaction") if one["type"] == "transfer")
    assert (
        said
        == f"""\
Stripe and the ledger, Sunday 2026-11-22 in America/Chicago, the zone of Prairie Light & Gas
2 lines at Stripe, 1 of them in the ledger; 0 repaired, 0 not decided yet, 1 difference left.

kind                       lines           gross          fees
charge                         1           85.95          2.79 USD
transfer                       1          -50.00          0.00 USD

USD at the end of the day
  the ledger's book 'stripe'                               83.16
  all lines of Stripe's (since 2026-11-22)                 33.16
  difference                                               50.00
USD now (Stripe's fees since then are posted tomorrow)
  the ledger's book 'stripe'                               83.16
  Stripe's balance, available and pending                  33.16
  difference                                               50.00

Differences
  unknown kind: tr_1 ({line["id"]}), -50.00 USD, 2026-11-22 18:00 UTC
    We do not post a line of the kind transfer.
    Look it up in Stripe, and put it into the utility's own books. Then close its ticket.
"""
    )


def test_a_dry_run_says_so(morning_at_seven: Morning) -> None:
    said = typed(morning_at_seven, "--dry-run")
    assert (said.exit_code, "Dry run: nothing was changed" in said.output) == (1, True)


def test_it_names_payments_by_what_can_be_read_out_and_no_account_and_no_phone(morning: Morning) -> None:
    charge = morning.paid(told=False)
    said = typed(morning).output
    assert reference(PaymentId(charge["metadata"]["payment"])) in said
    assert charge["id"] in said
    assert not any(secret in said for secret in (ANA.reveal(), ANAS_PHONE.reveal(), charge["metadata"]["payment"]))
