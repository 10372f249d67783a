"""Proof: deciding which account it is, and whether this person may touch it.

The same words and the same time whether an account exists or not (RULES P5). Knowing the address is only a match:
paying also needs the key or the bill in hand, viewing needs the key (P4). The phone on file is as good as the key.
"""

from collections.abc import Sequence
from typing import Literal

from bot.answers import Choice, HouseAndZip, Key, PrintedBill, Word
from bot.names import AccountNumber
from bot.ports import Account, Locked
from bot.session import Session
from bot.turn import Turn

YES_TO_THE_ONLY_ONE = 9  # "yes" is an answer where one account is offered, and none where several are
LISTED = 3  # accounts offered by number; more would not fit one segment

Sent = Literal["key_sent", "key_just_sent", "keys_used_up", "no_contact", "locked_out"]
Known = Literal["proved"] | Sent
Again = Literal["key_resent", "key_just_sent", "keys_used_up", "no_contact", "locked_out"]


def offer_accounts(turn: Turn) -> Sequence[Account]:
    """The accounts that have this phone on file, offered by number from now on."""
    phone = turn.who.phone
    accounts = turn.services.book.on_file(turn.utility.name, phone)[:LISTED] if phone else ()
    turn.session.offered = tuple(account.id for account in accounts)
    turn.session.offered_last4 = tuple(account.number.last4 for account in accounts)
    return accounts


def keep_number(number: AccountNumber, session: Session) -> None:
    """Take the number to be matched, and drop what was proved of any other."""
    session.forget_account()
    session.number, session.last4 = number.reveal(), number.last4


def take_account(turn: Turn) -> Literal["number_given", "no_such_choice"] | Known:
    """Keep the account number for the match; or take the offered account, which this phone has proved."""
    session, answer = turn.session, turn.answer
    if isinstance(answer, AccountNumber):
        keep_number(answer, session)
        return "number_given"
    assert isinstance(answer, Choice)
    number = 1 if answer.number == YES_TO_THE_ONLY_ONE and len(session.offered) == 1 else answer.number
    if number > len(session.offered):
        return "no_such_choice"
    account = turn.services.book.account(session.offered[number - 1])
    if account.mobile != turn.who.phone:
        return "no_such_choice"  # the utility changed the mobile on file since we offered it
    session.forget_account()
    return know(account, turn)


def match_address(turn: Turn) -> Literal["no_match"] | Known:
    """Whether house number and ZIP belong to the account number; then how the person can prove more."""
    assert isinstance(turn.answer, HouseAndZip) and turn.session.number
    number = AccountNumber(turn.session.number)
    account = turn.services.book.match(turn.utility.name, number, turn.answer, turn.who)
    if account is None:
        return "no_match"
    if isinstance(account, Locked):
        return locked_out(account, turn)
    return know(account, turn)


def know(account: Account, turn: Turn) -> Known:
    """The account is matched: remember it, and send the key unless this is the phone on file.

    Nothing is said of the account's state yet: whoever knows an address has no right to that (RULES P4).
    """
    session = turn.session
    session.account_id, session.last4 = account.id, account.number.last4
    session.number = account.number.reveal()
    on_file = account.mobile is not None and account.mobile == turn.who.phone
    if on_file:
        session.proof = "phone"
    elif session.proof != "bill":  # the bill in hand goes on opening paying while a key is asked for
        session.proof = "match"
    return "proved" if on_file else send_key(account, turn)


def send_key(account: Account, turn: Turn, by: Literal["mobile", "email"] | None = None) -> Sent:
    """Have a key sent to a contact on file: the mobile first, else the email, or the one asked for."""
    ways: tuple[Literal["mobile", "email"], ...] = (by,) if by else ("mobile", "email")
    for way in ways:
        sent = turn.services.keys.send(account, turn.who, turn.session.id, way, turn.session.language)
        if isinstance(sent, Locked):
            return locked_out(sent, turn) if sent.by == "tries" else keys_used_up(sent, turn)
        if sent is not None:
            turn.session.key_sent_to = sent.masked
            turn.note(contact=sent.masked)
            return "key_just_sent" if sent.just_now else "key_sent"
    turn.note(phone=turn.utility.agent_phone)
    return "no_contact"


def hear_key(turn: Turn) -> Literal["proved", "key_wrong", "key_expired", "bill"] | Again:
    """The key, or RESEND, EMAIL or BILL."""
    account = account_of(turn)
    if isinstance(turn.answer, Word):
        return "bill" if turn.answer.name == "BILL" else resend_key(account, turn)
    assert isinstance(turn.answer, Key)
    checked = turn.services.keys.check(account, turn.who, turn.session.id, turn.answer.digits)
    if isinstance(checked, Locked):
        return locked_out(checked, turn)
    if checked == "right":
        turn.session.proof = "key"
        return "proved"
    return "key_expired" if checked == "expired" else "key_wrong"


def hear_bill(turn: Turn) -> Literal["proved", "bill_wrong"] | Again:
    """Amount and due date as printed: the bill in hand, which opens paying and no viewing. Or RESEND, for a key."""
    account = account_of(turn)
    if isinstance(turn.answer, Word):
        return resend_key(account, turn)
    assert isinstance(turn.answer, PrintedBill)
    checked = turn.services.keys.check_bill(account, turn.who, turn.answer)
    if isinstance(checked, Locked):
        return locked_out(checked, turn)
    if checked == "right":
        turn.session.proof = "bill"
        return "proved"
    turn.note(phone=turn.utility.agent_phone)
    return "bill_wrong"


def resend_key(account: Account, turn: Turn) -> Again:
    """RESEND or EMAIL: a new key, to the contact asked for."""
    assert isinstance(turn.answer, Word)
    sent = send_key(account, turn, "email" if turn.answer.name == "EMAIL" else None)
    return "key_resent" if sent == "key_sent" else sent


def account_of(turn: Turn) -> Account:
    """The account that was matched. To be here without one is a bug."""
    if turn.session.account_id is None:
        raise RuntimeError(f"{turn.session.flow}: no account at {turn.session.state}")
    return turn.services.book.account(turn.session.account_id)


def locked_out(locked: Locked, turn: Turn) -> Literal["locked_out"]:
    """Too many tries: say until when, and who can help."""
    turn.note_wait(locked.until)
    turn.session.forget_account()
    return "locked_out"


def keys_used_up(locked: Locked, turn: Turn) -> Literal["keys_used_up"]:
    """Too many keys were asked for: say until when."""
    turn.note_wait(locked.until)
    return "keys_used_up"
