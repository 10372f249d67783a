"""Proving: the steps that paying and viewing share, and where they lead. What is decided there is in `flows.proof`."""

from collections.abc import Callable
from functools import wraps
from typing import Literal

from bot import hearing
from bot.answers import Choice, PrintedBill, Word
from bot.errors import NotUnderstood
from bot.flow import END, START, Go, Step
from bot.names import AccountNumber
from bot.session import Session
from bot.speech import Say
from bot.turn import Turn
from bot.utility import Utility
from flows.proof import LISTED, YES_TO_THE_ONLY_ONE, hear_bill, hear_key, match_address, take_account

Purpose = Literal["pay", "view"]


_LISTED_OR_YES = hearing.one_of(LISTED, dict.fromkeys(hearing.YES, YES_TO_THE_ONLY_ONE))


def account_choice(text: str, utility: Utility) -> Choice | AccountNumber:
    """One of the offered accounts by its number in the list, or an account number."""
    try:
        return _LISTED_OR_YES(text, utility)
    except NotUnderstood:
        return hearing.account_number(text, utility)


def printed_bill_or_word(text: str, utility: Utility) -> PrintedBill | Word:
    """What is printed on the bill, or a word that asks for a key after all."""
    try:
        word = hearing.key_or_word(text, utility)
    except NotUnderstood:
        return hearing.printed_bill(text, utility)
    if isinstance(word, Word) and word.name != "BILL":
        return word
    return hearing.printed_bill(text, utility)


def ask_account(session: Session, utility: Utility) -> Say:
    """The words of the first step: with one account on file, with several, or with none."""
    if len(session.offered_last4) == 1:
        return Say("proving.account_number_one_on_file", {"last4": session.offered_last4[0]})
    if session.offered_last4:
        listed = ", ".join(f"{at} = ...{last4}" for at, last4 in enumerate(session.offered_last4, 1))
        return Say("proving.account_number_some_on_file", {"listed": listed})
    return Say("proving.account_number", {"example": utility.account_form.example})


def ask_address(_session: Session, _utility: Utility) -> Say:
    """The words of the second step."""
    return Say("proving.verification")


def ask_key(purpose: Purpose) -> Callable[[Session, Utility], Say]:
    """The words of the key step: where the key went, or that none could be sent. Only to pay is BILL offered."""

    def says(session: Session, _utility: Utility) -> Say:
        sent = session.key_sent_to
        return Say(f"proving.key_to_{purpose}", {"contact": sent}) if sent else Say(f"proving.no_key_to_{purpose}")

    return says


def proving_steps(purpose: Purpose, on_proved: Callable[[Turn], str]) -> list[Step]:
    """Account number, verification and key. `on_proved` decides how the flow goes on once the person may."""

    def then(decide: Callable[[Turn], str]) -> Callable[[Turn], str]:
        @wraps(decide)  # its outcomes stay readable
        def decided(turn: Turn) -> str:
            outcome = decide(turn)
            return on_proved(turn) if outcome == "proved" else outcome

        return decided

    steps = [
        Step("account_number", account_choice, then(take_account), says=ask_account),
        Step("verification", hearing.service_address, then(match_address), says=ask_address, back="account_number"),
        Step("key", hearing.key_or_word, then(hear_key), says=ask_key(purpose), back="account_number"),
    ]
    if purpose == "pay":
        steps.append(Step("bill", printed_bill_or_word, then(hear_bill), says=ask_bill, back="account_number"))
    return steps


def ask_bill(_session: Session, _utility: Utility) -> Say:
    """The words of the bill step."""
    return Say("proving.bill")


def proving_outcomes(purpose: Purpose) -> list[Go]:
    """Where those steps lead, but for `on_proved`, which is the flow's own."""
    first, match, key, bill = "account_number", "verification", "key", "bill"
    rows = [
        Go("fresh", START, first),
        Go("going_on", START, match),
        Go("number_given", first, match),
        Go("no_such_choice", first, first, says="proving.no_such_choice"),
        Go("no_match", match, match, says="proving.no_match"),
        Go("locked_out", key, END, says="proving.locked_out"),
        Go("key_wrong", key, key, says="proving.key_wrong"),
        Go("key_expired", key, key, says="proving.key_expired"),
        Go("key_resent", key, key, says="proving.key_resent"),
        Go("key_just_sent", key, key, says="proving.key_just_sent"),
        Go("keys_used_up", key, key, says=f"proving.keys_used_up_to_{purpose}"),
    ]
    for at in (START, first, match):
        rows += [
            Go("key_sent", at, key),
            Go("key_just_sent", at, key),
            Go("keys_used_up", at, key, says="proving.keys_used_up"),
            Go("locked_out", at, END, says="proving.locked_out"),
        ]
    if purpose == "view":
        rows += [Go("no_contact", at, END, says="proving.no_contact_to_view") for at in (START, first, match, key)]
        return [*rows, Go("bill", key, key, says="proving.bill_is_not_enough")]
    return [
        *rows,
        *(Go("no_contact", at, bill, says="proving.no_contact_to_pay") for at in (START, first, match)),
        Go("no_contact", key, key, says="proving.no_other_contact"),
        Go("bill", key, bill),
        Go("bill_wrong", bill, bill, says="proving.bill_wrong"),
        Go("locked_out", bill, END, says="proving.locked_out"),
        Go("key_resent", bill, key),
        Go("key_just_sent", bill, key),
        Go("keys_used_up", bill, bill, says="proving.no_key_for_the_bill"),
        Go("no_contact", bill, bill, says="proving.no_key_for_the_bill"),
    ]
