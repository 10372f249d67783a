"""How the steps of paying are said: which sentence, and what goes into it."""

from bot.session import Session
from bot.speech import Say, Slot, Until
from bot.utility import Utility


def ask_amount(session: Session, utility: Utility) -> Say:
    """What is owed, and how much of it to pay."""
    assert session.balance is not None and session.due_on is not None
    slots: dict[str, Slot] = {"last4": session.last4 or "", "balance": session.balance, "due": session.due_on}
    if session.balance > utility.largest:
        return Say("amount_in_parts", {**slots, "most": utility.largest})
    if session.past_due == session.balance:
        return Say("amount_all_past_due", {"last4": slots["last4"], "balance": session.balance})
    if session.past_due:
        return Say("amount_past_due", {**slots, "past_due": session.past_due})
    return Say("amount", slots)


def ask_confirm(session: Session, utility: Utility) -> Say:
    """Bill, fee, total, whose account and which billing period, and a way out (RULES M9)."""
    assert session.amount is not None and session.fee is not None
    assert session.period_start is not None and session.period_end is not None
    slots: dict[str, Slot] = {
        "amount": session.amount,
        "fee": session.fee,
        "total": session.amount + session.fee,
        "last4": session.last4 or "",
        "start": session.period_start,
        "end": session.period_end,
    }
    if len(utility.fees) == 1:
        return Say("confirm_one_way", slots)
    slots["card_fee"] = utility.fees["card"]
    slots["bank_fee"] = utility.fees["bank"]
    return Say(f"confirm_by_{session.method}", slots)


def give_link(session: Session, _utility: Utility) -> Say:
    """The link, or that it is coming by text."""
    assert session.amount is not None and session.fee is not None
    if session.link is None or session.link_until is None:
        return Say("link_coming")
    return Say(
        "link",
        {
            "total": session.amount + session.fee,
            "url": session.link,
            "until": Until(session.link_until, session.link_until),
        },
    )
