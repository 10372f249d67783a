"""Pay a bill: for oneself or for somebody else, without an account, an app or a password.

* Eli texts
> PAY
< Prairie Light & Gas. Msg & data rates may apply. HELP for help, STOP to stop. What is the account number? It is on the top of the bill, like 0012345678.
> 0087654321
< What are the house number and ZIP of the service address? Like 1423 62701.
> 5 62701
< We sent a key to (***) ***-0116. Reply with it. No key? Reply RESEND, or BILL to use the paper bill.
* Mary reads: Prairie Light & Gas: ###### es la clave de su factura, pedida por el celular ...0115. Désela solo a quien paga por usted, o no haga nada. Vale 10 min. Pueden aplicarse tarifas de mensajes y datos. AYUDA para ayuda, STOP para parar.
> BILL
< Look at the bill. Reply with the amount and the due date on it, like 84.20 11/25.
> 61.45 12/5
< Account ...4321 owes $61.45, due Dec 5. Reply 1 to pay it all, or a sum like 50.
> 1
< Pay $61.45 + $1.75 card fee = $63.20 for ...4321, bill of Oct 14 to Nov 12. Reply 1 to pay, 2 other sum, 3 bank ($0.00 fee), or BACK.
> 1
< Pay $63.20 here: https://pay.example/p/... The link works until 1:00 PM. We text you when it is paid.
* paid
* Eli reads: Prairie Light & Gas: thank you! We got $63.20 for account ...4321. Nothing is left to pay. Reply RECEIPT for a copy.
"""

from typing import Literal, get_args

from bot import hearing
from bot.flow import END, START, Flow, Go, Step
from bot.names import AccountNumber
from bot.session import MAY_PAY
from bot.turn import Turn
from flows.amounts import choose_amount
from flows.ordering import WORDS, NothingToPay, Owing, confirm, look
from flows.paying_words import ask_amount, ask_confirm, give_link
from flows.proof import keep_number, offer_accounts
from flows.proving import proving_outcomes, proving_steps


def begin(turn: Turn) -> Literal["going_on", "fresh"] | Owing:
    """Go on with an account that is proved or was left, offer the accounts on file, or ask for the number."""
    session = turn.session
    session.method = "card"  # whatever was chosen for an earlier payment
    if session.account_id is not None and session.proof in MAY_PAY:
        return look(turn)
    if isinstance(turn.answer, AccountNumber):
        keep_number(turn.answer, session)
        return "going_on"
    session.forget_account()
    offer_accounts(turn)
    return "fresh"


def beside_the_link(turn: Turn) -> Literal["still_waiting"]:
    """Anything said while we wait for the payment."""
    return "still_waiting"


PROVED_AT = (START, "account_number", "verification", "key", "bill")

PAY_BILL = Flow(
    name="pay_bill",
    begin=begin,
    words={
        "en": ("pay", "pay bill", "pay my bill", "pay a bill", "pay please", "i want to pay", "i want to pay my bill"),
        "es": ("pagar", "pago", "quiero pagar", "pagar mi factura", "quiero pagar mi factura"),
    },
    steps=[
        *proving_steps("pay", look),
        Step("amount", hearing.amount, choose_amount, says=ask_amount, back="account_number"),
        Step("confirm", hearing.one_of(3, WORDS), confirm, says=ask_confirm, back="amount"),
        Step("link", hearing.one_of(1, {}), beside_the_link, says=give_link, back="amount", again="still_waiting"),
    ],
    outcomes=[
        *proving_outcomes("pay"),
        *(Go("owes", at, "amount") for at in PROVED_AT),
        *(Go("owes_with_pending", at, "amount", says="owes_with_pending") for at in PROVED_AT),
        *(Go(nothing, at, END, says=nothing) for nothing in get_args(NothingToPay) for at in (*PROVED_AT, "confirm")),
        Go("amount_chosen", "amount", "confirm"),
        *(
            Go(problem, "amount", "amount", says=problem)
            for problem in (
                "ask_sum",
                "none_past_due",
                "nothing_new",
                "above_balance",
                "below_smallest",
                "above_largest",
            )
        ),
        Go("change_amount", "confirm", "amount"),
        Go("method_changed", "confirm", "confirm"),
        Go("balance_changed", "confirm", "amount", says="balance_changed"),
        Go("refused", "confirm", "confirm", says="refused"),
        Go("settled_already", "confirm", END, says="settled_already"),
        Go("link_made", "confirm", "link"),
        Go("link_coming", "confirm", "link"),
        Go("still_waiting", "link", "link", says="still_waiting"),
        Go("paid", "link", END),
        Go("payment_pending", "link", END),
        Go("payment_failed", "link", END),
        Go("link_expired", "link", END),
    ],
)
