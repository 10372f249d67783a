"""Amounts: deciding how much is to be paid."""

from typing import Literal

from bot.answers import Choice, Portion, Sum
from bot.money import Money
from bot.turn import Turn

STRIPE_SMALLEST = 50  # minor units: Stripe takes no charge below $0.50 (RULES M8)

Amount = Literal[
    "amount_chosen", "ask_sum", "none_past_due", "nothing_new", "above_balance", "below_smallest", "above_largest"
]


def choose_amount(turn: Turn) -> Amount:
    """All, the past due part, what is new, or another sum; within what is owed and what the utility takes.

    Whoever names this bill pays its billing period, and not the oldest first.
    """
    session, utility, answer = turn.session, turn.utility, turn.answer
    balance, past_due = session.balance, session.past_due
    assert balance is not None and past_due is not None
    most = min(balance, utility.largest)
    turn.note(balance=balance, smallest=min(utility.smallest, balance), most=most)
    if answer == Choice(3):
        return "ask_sum"
    if answer in (Choice(2), Portion("past_due"), Portion("minimum")) and not past_due:
        return "none_past_due"
    if answer == Portion("current") and balance == past_due:
        return "nothing_new"
    amount = amount_of(answer, balance, past_due)
    if amount > balance:
        return "above_balance"
    if amount.minor < STRIPE_SMALLEST or (
        amount < utility.smallest and amount not in (balance, past_due, balance - past_due)
    ):
        return "below_smallest"
    if amount > utility.largest:
        return "above_largest"
    session.amount, session.this_period = amount, answer == Portion("current")
    if session.method not in utility.fees:
        session.method = next(iter(utility.fees))
    session.fee = utility.fees[session.method]
    return "amount_chosen"


def amount_of(answer: object, balance: Money, past_due: Money) -> Money:
    """The sum that an answer means. A bare digit above 3 is no choice of the list: it is dollars."""
    match answer:
        case Choice(number=1) | Portion(of="full"):
            return balance
        case Choice(number=2) | Portion(of="past_due" | "minimum"):
            return past_due
        case Portion(of="current"):
            return balance - past_due
        case Portion(of="half"):
            return balance.half()
        case Choice(number=dollars):
            return Money(dollars * 100, balance.currency)
        case Sum(money=money):
            return money
    raise TypeError("not an amount")
