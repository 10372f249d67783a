"""Ordering: what is owed, confirming, and the order for a payment link."""

from typing import Literal

from bot.answers import Choice
from bot.errors import AlreadySettled, Refused
from bot.hearing import YES
from bot.ports import LinkReady, PaymentOrder, Standing
from bot.session import Session
from bot.turn import Turn
from bot.utility import Method
from flows.amounts import STRIPE_SMALLEST
from flows.proof import account_of

# What may be said instead of the number of a choice; 4 and 5 are said in words alone.
WORDS = {
    **dict.fromkeys(("pay", "pagar", *YES), 1),
    **dict.fromkeys(("no", "change", "other", "cambiar", "otra"), 2),
    **dict.fromkeys(("card", "tarjeta"), 4),
    **dict.fromkeys(("bank", "banco"), 5),
}
WAYS: dict[int, Method] = {4: "card", 5: "bank"}

NothingToPay = Literal["owes_nothing", "owes_too_little", "account_closed", "account_locked"]
Owing = Literal["owes", "owes_with_pending"] | NothingToPay
Ordered = Literal["link_made", "link_coming", "refused", "settled_already"]


def look(turn: Turn) -> Owing:
    """What the account owes now, and whether it may be paid by text. Where there is nothing to pay it is let go."""
    session, account = turn.session, account_of(turn)
    standing = turn.services.book.standing(account.id)
    turn.note(last4=account.number.last4, balance=standing.balance, phone=turn.utility.agent_phone)
    turn.note(pending=standing.pending)
    if account.status != "locked" and standing.balance.minor >= STRIPE_SMALLEST:
        remember(standing, session)
        return "owes_with_pending" if standing.pending else "owes"
    session.forget_account()
    if account.status == "locked":
        return "account_locked"
    if standing.balance.minor > 0:
        return "owes_too_little"
    return "account_closed" if account.status == "closed" else "owes_nothing"


def remember(standing: Standing, session: Session) -> None:
    """Keep the standing that the person is told, so that it can be said again without looking."""
    session.balance, session.past_due = standing.balance, standing.past_due
    session.due_on = standing.due_on
    session.period_start, session.period_end = standing.period_start, standing.period_end


def confirm(turn: Turn) -> Literal["change_amount", "method_changed", "balance_changed"] | Ordered | NothingToPay:
    """Go on and pay, change the amount, or pay another way."""
    session = turn.session
    if turn.answer == Choice(2):
        return "change_amount"
    if turn.answer != Choice(1):
        assert isinstance(turn.answer, Choice)
        return change_way(WAYS.get(turn.answer.number) or other(session.method), turn)
    amount = session.amount
    now = look(turn)
    if now != "owes" and now != "owes_with_pending":
        return now
    assert amount is not None and session.balance is not None
    return "balance_changed" if amount > session.balance else order(turn)


def change_way(way: Method, turn: Turn) -> Literal["method_changed"]:
    """Pay this way, if the utility takes it; the fee goes by the way."""
    if way in turn.utility.fees:
        turn.session.method, turn.session.fee = way, turn.utility.fees[way]
    return "method_changed"


def other(method: Method) -> Method:
    """The other way to pay."""
    return "bank" if method == "card" else "card"


def order(turn: Turn) -> Ordered:
    """Write the payment and get its link. The message that confirmed it makes it one, however often it comes."""
    session, utility = turn.session, turn.utility
    assert session.account_id is not None and session.amount and session.fee is not None and session.balance
    session.link = session.link_until = None  # an older link is for another sum
    try:
        link = turn.services.payments.request(
            PaymentOrder(
                utility.name,
                session.account_id,
                turn.who,
                session.language,
                session.amount,
                session.fee,
                session.method,
                session.balance,
                session.id,
                turn.message.id,
                session.this_period,
            )
        )
    except AlreadySettled:
        return "settled_already"
    except Refused:
        turn.note(phone=utility.agent_phone)
        return "refused"
    if isinstance(link, LinkReady):
        session.link, session.link_until = link.url, link.until.astimezone(utility.zone)
        return "link_made"
    return "link_coming"
