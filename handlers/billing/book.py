"""The account book in SQL: whose account it is, and what it owes."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Label, RowMapping, func, select

from bot.answers import HouseAndZip
from bot.money import Money
from bot.names import AccountNumber, Address, Phone
from bot.ports import Account, Locked, Standing
from handlers.billing import owed
from handlers.billing.house import house_numbers
from handlers.ledger.database import reading
from handlers.ledger.reach import reachable
from handlers.ledger.tables import account, payment
from handlers.people.tries import Tries


class SqlAccountBook:
    """`bot.ports.AccountBook`. `currencies` gives each utility's currency, for accounts that have no bill yet.

    Every method raises Unavailable when SQL is away.
    """

    def __init__(self, engine: Engine, tries: Tries, currencies: Mapping[str, str]) -> None:
        self._engine = engine
        self._tries = tries
        self._currencies = currencies

    def on_file(self, utility: str, phone: Phone) -> Sequence[Account]:
        """The accounts that have this mobile on file, closed ones last; none for most phones."""
        theirs = (
            select(account)
            .where(account.c.mobile == phone.reveal(), account.c.utility == utility)
            .order_by(account.c.status == "closed", account.c.number)
        )
        with reachable(), reading(self._engine) as connection:
            return [_account(row) for row in connection.execute(theirs).mappings()]

    def match(self, utility: str, number: AccountNumber, address: HouseAndZip, who: Address) -> Account | None | Locked:
        """The account, if number, house number and ZIP belong together. Counts the look-up (RULES P4, P5, S2).

        Whether there is such an account shows neither in the answer nor in the work: an account that does not exist
        is looked up, counted and compared like one that does.
        """
        subject = self._tries.subject(utility, number)
        one = select(account).where(account.c.utility == utility, account.c.number == number.reveal())
        with reachable(), self._engine.begin() as connection:
            row = connection.execute(one).mappings().one_or_none()
            on_file = row is not None and who.phone is not None and who.phone.reveal() == row["mobile"]
            locked = self._tries.count_lookup(connection, who, subject, on_file)
        if locked:
            return locked
        street, zip_code = (row["service_street"], row["service_zip"]) if row else ("0 Nowhere St", "00000")
        matches = _same_place(address, street, zip_code)
        return _account(row) if row and matches else None

    def account(self, account_id: int) -> Account:
        """The account with this id of ours. Raises sqlalchemy's NoResultFound if there is none: a bug."""
        with reachable(), reading(self._engine) as connection:
            return _account(connection.execute(select(account).where(account.c.id == account_id)).mappings().one())

    def standing(self, account_id: int) -> Standing:
        """What it owes now: what billing said last, less what was paid through us since.

        Past due is what is open of the billing periods before the latest.
        """
        with reachable(), reading(self._engine) as connection:
            row: Any = connection.execute(owed.standing(account_id).add_columns(_pending(account_id))).one()
        balance = int(row.owed)
        overdue = balance - int(row.latest) if row.currency else 0  # without a bill, nothing was due yet
        currency = row.currency or self._currencies[row.utility]
        return Standing(
            balance=Money(balance, currency),
            past_due=Money(max(0, min(overdue, balance)), currency),
            pending=Money(int(row.pending), currency),
            due_on=row.due_on,
            period_start=row.period_start,
            period_end=row.period_end,
        )


def _pending(account_id: int) -> Label[int]:
    """What banks have been asked to send and have neither sent nor refused."""
    undecided = (payment.c.pending_at.is_not(None), payment.c.paid_at.is_(None), payment.c.failed_at.is_(None))
    total = select(func.coalesce(func.sum(payment.c.amount), 0)).where(payment.c.account_id == account_id, *undecided)
    return total.scalar_subquery().label("pending")


def _same_place(said: HouseAndZip, street: str, zip_code: str) -> bool:
    """Whether that is the house, in constant time: hashes have one length, and both forms are always compared."""
    typed = _digest(said.house, said.zip)
    short, long = (hmac.compare_digest(typed, _digest(house, zip_code[:5])) for house in house_numbers(street))
    return (short | long) and said.house != ""


def _digest(house: str, zip_code: str) -> bytes:
    return hashlib.sha256(f"{house}\0{zip_code}".encode()).digest()


def _account(row: RowMapping) -> Account:
    return Account(
        id=row["id"],
        number=AccountNumber(row["number"]),
        street=row["service_street"],
        status=row["status"],
        language=row["language"],
        mobile=Phone(row["mobile"]) if row["mobile"] else None,
        email=row["email"],
    )
