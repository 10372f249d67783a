"""Money that came in and is on no bill, until a person at the utility decides: on an account with it, or back.

It lies in the book `unapplied`, by its charge at Stripe; a ticket says why. Deciding closes the ticket, in the same
transaction, once: two people who decide at the same moment do not both move the money.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, or_, select

from bot.money import Money
from bot.names import AccountNumber
from bot.ports import Clock
from bot.utility import Utility
from handlers.ledger.journal import Line, post
from handlers.ledger.periods import credit_lines
from handlers.ledger.tables import account, journal, outbox, ticket
from handlers.ledger.tickets import Opened, close_ticket, ticket_by_id
from handlers.ledger.transactions import transact
from handlers.outbox.parcel import Parcel, put
from handlers.payments import charges
from handlers.payments.changed import withdraw_excessive
from handlers.payments.charges import Charge
from handlers.payments.records import by_id, hold_accounts
from handlers.payments.wording import Texts
from handlers.sealing import Sealer


class NotPossible(Exception):
    """It cannot be done, and nothing was. Its words are for the operator."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits: the ticket, the charge, how much of it is on no bill, and the account that it may go on."""

    ticket: Opened
    charge: Charge
    money: Money
    account_id: int | None


class Unapplied:
    """Decides, as the operator says. Every method raises NotPossible, or Unavailable when SQL is away."""

    def __init__(self, engine: Engine, clock: Clock, texts: Texts, sealer: Sealer) -> None:
        self._engine = engine
        self._clock = clock
        self._texts = texts
        self._sealer = sealer

    def credit(self, utility: Utility, ticket_id: int, by: str, number: AccountNumber | None = None) -> Money:
        """Put the ticket's money on its account, over the open billing periods; how much it was. The payer is told.

        `number`: the account, for money of which nobody knows whose it is.
        """
        now = self._clock.now()

        def work(connection: Connection) -> Money:
            waiting = self._waiting(connection, utility, ticket_id, number)
            if waiting.account_id is None:
                raise NotPossible("Nobody knows which account it is for. Say it: --account NUMBER")
            self._post(connection, utility, waiting, waiting.account_id, now)
            withdraw_excessive(connection, [waiting.account_id], now)
            close_ticket(connection, ticket_id, by, f"{waiting.money.decimal()} put on the account", now)
            return waiting.money

        return transact(self._engine, self._clock, work)

    def refund(self, utility: Utility, ticket_id: int, by: str) -> Money:
        """Have the ticket's money sent back to its payer, who is told when that is done; how much it was."""
        now = self._clock.now()

        def work(connection: Connection) -> Money:
            waiting = self._waiting(connection, utility, ticket_id, None)
            parcel = Parcel(
                kind="give_back",
                cause=f"{_give_back(waiting.charge)}:{ticket_id}",
                utility=utility.name,
                category="chore",
                body={"charge": waiting.charge.id, "minor": waiting.money.minor},
                due_at=now,
            )
            put(connection, self._sealer, parcel, now)
            close_ticket(connection, ticket_id, by, f"{waiting.money.decimal()} sent back", now)
            return waiting.money

        return transact(self._engine, self._clock, work)

    def _waiting(
        self, connection: Connection, utility: Utility, ticket_id: int, number: AccountNumber | None
    ) -> _Waiting:
        """What the ticket is about, its account and charge held against others until the transaction ends."""
        found = ticket_by_id(connection, ticket_id)
        taken = charges.by_id(connection, found.ticket.charge_id) if found and found.ticket.charge_id else None
        account_id = _account_id(connection, utility, taken, number) if taken else None
        hold_accounts(connection, account.c.id == account_id)
        if taken:
            charges.hold(connection, taken.id)
        still_open = select(ticket.c.id).where(ticket.c.id == ticket_id, ticket.c.closed_at.is_(None))
        if found is None or connection.scalar(still_open.with_for_update()) is None:
            raise NotPossible(f"There is no open ticket {ticket_id}")
        if taken is None:
            raise NotPossible("This ticket is about no money that we hold. Settle it, then close it")
        if is_leaving(connection, taken):
            raise NotPossible("This money is on its way back to its payer already")
        there = charges.held(connection, taken.id)
        left = -there.get("unapplied", 0) - max(there.get("returning", 0), 0)
        if left <= 0:
            raise NotPossible("None of this money waits any more: it is on an account, or went back")
        if taken.total.currency != utility.currency:
            raise NotPossible(f"It is not {utility.currency}. Settle it at Stripe, then close the ticket")
        return _Waiting(found, taken, Money(left, taken.total.currency), account_id)

    def _post(
        self, connection: Connection, utility: Utility, waiting: _Waiting, account_id: int, now: datetime
    ) -> None:
        taken, money = waiting.charge, waiting.money
        record = by_id(connection, taken.payment_id, hold=True) if taken.payment_id else None
        chosen = record.bill_id if record else None
        lines = [
            Line("unapplied", money, taken.account_id, taken.payment_id),
            *credit_lines(connection, account_id, money, taken.payment_id, chosen),
        ]
        cause = f"credit:ticket:{waiting.ticket.id}"
        post(connection, cause, lines, now, now.astimezone(utility.zone).date(), taken.id)
        if record:
            self._texts.put(connection, record, "credited", cause, now, awaited=False, slots={"amount": money})


def _account_id(connection: Connection, utility: Utility, taken: Charge, number: AccountNumber | None) -> int | None:
    """The account that the money is for: the charge's own, or the one that the operator names."""
    if taken.account_id is not None:
        owner = connection.scalar(select(account.c.utility).where(account.c.id == taken.account_id))
        if number is not None or owner != utility.name:
            raise NotPossible(f"It is for an account of {owner} that we know: leave --account out, or say --utility")
        return taken.account_id
    if number is None:
        return None
    named = select(account.c.id).where(account.c.utility == utility.name, account.c.number == number.reveal())
    account_id: int | None = connection.scalar(named)
    if account_id is None:
        raise NotPossible(f"{utility.name} has no such account")
    return account_id


def _give_back(taken: Charge) -> str:
    return f"give_back:{taken.id}"


def is_leaving(connection: Connection, taken: Charge) -> bool:
    """Whether some of it is to be sent back, or was, and Stripe has not told us yet what came of that."""
    ours = or_(outbox.c.cause == _give_back(taken), outbox.c.cause.startswith(f"{_give_back(taken)}:", autoescape=True))
    told = or_(
        select(journal.c.id).where(journal.c.cause == "refund_out:" + outbox.c.provider_id).exists(),
        select(ticket.c.id).where(ticket.c.cause == "refund_failed:" + outbox.c.provider_id).exists(),
    )
    waits = or_(outbox.c.done_at.is_(None), (outbox.c.state == "sent") & ~told)
    return connection.scalar(select(outbox.c.id).where(ours, waits).limit(1)) is not None
