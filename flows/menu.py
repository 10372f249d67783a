"""The menu: where everybody is when nothing else goes on, and where a person lands whose conversation ended.

> MENU
< Prairie Light & Gas. Msg & data rates may apply. HELP for help, STOP to stop. Reply 1 to pay a bill, 2 for your balance, 3 for your last payment, 4 for a person.
> 4
< Call (217) 555-0199, Mon-Fri 8 AM-6 PM. Or reply MENU.
"""

from typing import Literal

from bot import hearing
from bot.answers import Choice
from bot.flow import END, START, Flow, Go, Step
from bot.names import AccountNumber
from bot.session import Session
from bot.speech import Say
from bot.turn import Turn
from bot.utility import Utility

_CHOICES: dict[int, Literal["pay", "balance", "last_payment", "agent"]] = {
    1: "pay",
    2: "balance",
    3: "last_payment",
    4: "agent",
}


def choose(turn: Turn) -> Literal["pay", "balance", "last_payment", "agent"]:
    """What the person wants."""
    assert isinstance(turn.answer, Choice)
    turn.note(phone=turn.utility.agent_phone, hours=turn.utility.agent_hours[turn.session.language])
    return _CHOICES[turn.answer.number]


def go_on(turn: Turn) -> Literal["go_on_paying", "go_on_viewing"]:
    """On with the account that was left: its number is as good as typed again, and proves nothing."""
    assert turn.session.number
    turn.answer = AccountNumber(turn.session.number)
    return "go_on_viewing" if turn.session.left_flow == "check_balance" else "go_on_paying"


def welcome_back(session: Session, _utility: Utility) -> Say:
    """The words for somebody whose conversation ended while we waited."""
    return Say("welcome_back", {"last4": session.last4 or ""})


MENU = Flow(
    name="menu",
    begin=lambda _turn: "fresh",
    words={},
    steps=[
        Step("choice", hearing.one_of(4, {}), choose),
        Step("welcome_back", hearing.one_of(1, {}), go_on, says=welcome_back, back="choice"),
    ],
    outcomes=[
        Go("fresh", START, "choice"),
        Go("pay", "choice", END, opens="pay_bill"),
        Go("balance", "choice", END, opens="check_balance"),
        Go("last_payment", "choice", END, opens="last_payment"),
        Go("agent", "choice", "choice", says="agent"),
        Go("go_on_paying", "welcome_back", END, opens="pay_bill"),
        Go("go_on_viewing", "welcome_back", END, opens="check_balance"),
    ],
)
