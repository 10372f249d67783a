"""STATUS where the utility sends back what nobody owed any more; the cast's own makes it a credit."""

from dataclasses import replace

from tests.transcript import CAST

ANA = CAST["Ana"]


def test_what_goes_back_is_not_called_paid(engine_stage):
    utilities = engine_stage.program.utilities
    utilities["prairie"] = replace(utilities["prairie"], surplus="refund")
    for words in ("PAY", "1", "1", "3", "1"):
        engine_stage.say(ANA, words)
    for happens in ("paid from a bank", "Ana's next bill says 0.00", "the bank says yes"):
        engine_stage.happen(ANA, happens)

    assert engine_stage.say(ANA, "STATUS") == (
        "$84.20 that came in for ...5678 pays no bill. We are sending it back to you. Not there in 10 business days? "
        "Call (217) 555-0199.",
    )
