"""The last payment: STATUS or RECEIPT, at any time. Links come only in reply, and here is the reply (RULES W10).

* Ben texts
> STATUS
< Prairie Light & Gas. Msg & data rates may apply. HELP for help, STOP to stop. You have not asked for a payment from this phone yet. Reply PAY to pay a bill.
"""

from typing import Literal, get_args

from bot.flow import END, START, Flow, Go
from bot.ports import PaymentState, Whereabouts
from bot.turn import Turn


def look(turn: Turn) -> PaymentState | Whereabouts | Literal["nothing_yet", "disputed"]:
    """Where the person's last payment is."""
    payment = turn.services.payments.latest(turn.utility.name, turn.who)
    if payment is None:
        return "nothing_yet"
    turn.note(total=payment.amount + payment.fee, last4=payment.last4, phone=turn.utility.agent_phone)
    turn.note(on=payment.at.astimezone(turn.utility.zone).date())
    turn.note(link=payment.link_url or "", receipt=payment.receipt_url or "")
    if payment.disputed:
        return "disputed"
    if payment.apart:
        turn.note(apart=payment.apart)
    return payment.went or payment.state


_SAYS = ("nothing_yet", "disputed", *get_args(PaymentState), *get_args(Whereabouts))

LAST_PAYMENT = Flow(
    name="last_payment",
    begin=look,
    words={"en": ("status", "receipt"), "es": ("estado", "recibo")},
    steps=[],
    outcomes=[Go(said, START, END, says=said) for said in _SAYS],
)
