"""Check the balance: at once from the phone on file; for anyone else after verification and the key (RULES P4).

* Ana texts
> BAL
< Prairie Light & Gas. Msg & data rates may apply. HELP for help, STOP to stop. Account ...5678 owes $84.20, due Dec 5. Bill of Oct 14 to Nov 12. Reply PAY to pay.
"""

from collections.abc import Sequence
from typing import Literal, get_args

from bot.flow import END, START, Flow, Go
from bot.names import AccountNumber
from bot.ports import Account, Standing
from bot.session import MAY_VIEW
from bot.speech import Say, Slot
from bot.turn import Turn
from flows.proof import Known, account_of, keep_number, know, offer_accounts
from flows.proving import proving_outcomes, proving_steps

Shown = Literal["shown", "shown_nothing_owed"]


def begin(turn: Turn) -> Shown | Literal["going_on", "fresh"] | Known:
    """Show at once what this person may view; else send the key, or ask which account."""
    session = turn.session
    if isinstance(turn.answer, AccountNumber):
        keep_number(turn.answer, session)
        return "going_on"
    accounts = offer_accounts(turn)
    if session.account_id not in (None, *session.offered) and session.proof in MAY_VIEW:
        return show(turn)
    if accounts:
        return tell(accounts, turn)
    if session.account_id is not None:
        outcome = know(account_of(turn), turn)  # matched, or bill in hand: the key is still missing
        return show(turn) if outcome == "proved" else outcome
    session.forget_account()
    return "fresh"


def show(turn: Turn) -> Shown:
    """Tell what the proved account owes."""
    return tell([account_of(turn)], turn)


def tell(accounts: Sequence[Account], turn: Turn) -> Shown:
    """Tell what each account owes: with dates and period for one, shorter for several."""
    standings = [turn.services.book.standing(account.id) for account in accounts]
    length = "one" if len(accounts) == 1 else "of_several"
    lines = (line(a.number.last4, standing, length) for a, standing in zip(accounts, standings, strict=True))
    on_its_way = (
        Say("check_balance.on_its_way", {"last4": account.number.last4, "pending": standing.pending})
        for account, standing in zip(accounts, standings, strict=True)
        if standing.pending
    )
    turn.note(accounts=(*lines, *on_its_way))
    return "shown" if any(standing.balance.minor > 0 for standing in standings) else "shown_nothing_owed"


def line(last4: str, standing: Standing, length: str) -> Say:
    """One account in a sentence."""
    slots: dict[str, Slot] = {"last4": last4, "balance": standing.balance}
    if standing.balance.minor < 0:
        return Say(f"check_balance.credit_{length}", {**slots, "balance": -standing.balance})
    if not standing.balance or standing.due_on is None:
        return Say(f"check_balance.nothing_{length}", slots)
    slots["due"] = standing.due_on
    if length == "of_several":
        return Say("check_balance.owes_of_several", slots)
    assert standing.period_start is not None and standing.period_end is not None
    slots |= {"start": standing.period_start, "end": standing.period_end}
    if standing.past_due:
        return Say("check_balance.past_due_one", {**slots, "past_due": standing.past_due})
    return Say("check_balance.owes_one", slots)


CHECK_BALANCE = Flow(
    name="check_balance",
    begin=begin,
    words={"en": ("bal", "balance", "how much do i owe"), "es": ("saldo", "cuanto debo")},
    steps=proving_steps("view", show),
    outcomes=[
        *proving_outcomes("view"),
        *(
            Go(shown, at, END, says=shown)
            for shown in get_args(Shown)
            for at in (START, "account_number", "verification", "key")
        ),
    ],
)
