"""One-time keys, and the bill in hand as the other proof: `bot.ports.Keys` in SQL (RULES P3, P4, S1, S2)."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine, insert, select, update

from bot.answers import PrintedBill
from bot.names import Address
from bot.ports import Account, Chance, Clock, KeySent, Locked
from bot.speech import Speech
from bot.utility import Utility
from handlers.ledger.reach import reachable
from handlers.ledger.tables import account as account_table
from handlers.ledger.tables import bill
from handlers.ledger.tables import key as key_table
from handlers.outbox.parcel import put
from handlers.people.consent import may_send
from handlers.people.contacts import By, contact_of
from handlers.people.letters import addressed, letter
from handlers.people.limits import DAY, KEY_PAUSE
from handlers.people.people import write_down
from handlers.people.tries import Tries
from handlers.sealing import Sealer

BILLS_THAT_PROVE = 2  # the newest may still be in the post while the one before lies on the table

Verdict = TypeVar("Verdict", bound=Literal["right", "expired"])


class SqlKeys:
    """Keys are kept as keyed hashes, each bound to one address, account and conversation.

    `mail`: email goes out here, so that a key may. Each method raises Unavailable when SQL is away.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        chance: Chance,
        sealer: Sealer,
        tries: Tries,
        speech: Speech,
        utilities: Mapping[str, Utility],
        mail: bool,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._chance = chance
        self._sealer = sealer
        self._tries = tries
        self._speech = speech
        self._utilities = utilities
        self._mail = mail

    def send(self, account: Account, who: Address, session_id: str, by: By, language: str) -> KeySent | Locked | None:
        """Make a key, kill the older one, put the new one in the outbox: all of it, or nothing.

        None: no such contact on file, or none that we may write to. The words are in the holder's language if the
        utility speaks it, else in `language`.
        """
        with reachable(), self._engine.begin() as connection:
            utility = self._utilities[_utility_of(connection, account)]
            contact = contact_of(account, by, utility) if by == "mobile" or self._mail else None
            if contact is None or not may_send(connection, utility.name, contact.recipient, "key"):
                return None
            subject = self._tries.subject(utility.name, account.number)
            self._tries.hold(connection, who, subject)
            locked = self._tries.locked(connection, who, subject, _on_file(account, who))
            if not locked and self._just_sent(connection, account, who, session_id, by):
                return KeySent(contact.masked, just_now=True)
            locked = locked or self._tries.key_send_allowed(connection, who, subject)
            if locked:
                return locked
            digits = self._chance.digits(self._tries.key_length(connection))
            now = self._clock.now()
            row = self._replace(connection, account, who, session_id, by, digits, now + contact.lives)
            spoken = account.language if account.language in utility.languages else language
            first = contact.kind == "text" and write_down(connection, utility.name, contact.recipient, now)
            body = letter(self._speech, utility, contact, who, digits, spoken, first)
            put(connection, self._sealer, addressed(body, f"key:{row}", utility, contact, now), now)
            return KeySent(contact.masked)

    def _just_sent(self, connection: Connection, account: Account, who: Address, session_id: str, by: By) -> bool:
        """Whether this conversation's last key went the same way a moment ago: asked for twice, or a turn that died."""
        since = self._clock.now() - KEY_PAUSE
        row = select(key_table.c.id).where(
            key_table.c.account_id == account.id,
            key_table.c.address == who.reveal(),
            key_table.c.session_id == session_id,
            key_table.c.sent_by == by,
            key_table.c.ended_at.is_(None),
            key_table.c.created_at > since,
        )
        return connection.scalar(row.limit(1)) is not None

    def _replace(
        self,
        connection: Connection,
        account: Account,
        who: Address,
        session_id: str,
        by: By,
        digits: str,
        end: datetime,
    ) -> int:
        """Kill the keys that this person holds for the account, in whatever conversation; the row of the new one."""
        now = self._clock.now()
        older = (key_table.c.account_id == account.id, key_table.c.address == who.reveal())
        connection.execute(update(key_table).where(*older, key_table.c.ended_at.is_(None)).values(ended_at=now))
        row = insert(key_table).values(
            account_id=account.id,
            address=who.reveal(),
            session_id=session_id,
            hash=self._digest(account, who, session_id, digits),
            sent_by=by,
            created_at=now,
            expires_at=end,
        )
        return int(connection.execute(row.returning(key_table.c.id)).scalar_one())

    def _digest(self, account: Account, who: Address, session_id: str, digits: str) -> bytes:
        return self._sealer.digest("key", "\0".join((who.reveal(), str(account.id), session_id, digits)))

    def check(
        self, account: Account, who: Address, session_id: str, digits: str
    ) -> Literal["right", "wrong", "expired"] | Locked:
        """Whether this is the key; a right one is used up.

        "expired": it was one, but is out of time, used, killed, or of an earlier conversation on the same day.
        Whoever knows an expired key was sent it: that is no guess and is not counted as one.
        """

        def judge(connection: Connection) -> Literal["right", "expired"] | None:
            known = self._known(connection, account, who, digits)
            return ("right" if self._use(connection, known, session_id) else "expired") if known else None

        return self._judged(account, who, judge)

    def _known(self, connection: Connection, account: Account, who: Address, digits: str) -> list[int]:
        """The rows of this person's keys of a day, live or ended, that have these digits: one, by chance more."""
        since = self._clock.now() - DAY
        ours = (key_table.c.account_id == account.id, key_table.c.address == who.reveal())
        rows = connection.execute(
            select(key_table.c.id, key_table.c.hash, key_table.c.session_id).where(
                *ours, key_table.c.created_at > since
            )
        )
        return [
            row.id for row in rows if hmac.compare_digest(row.hash, self._digest(account, who, row.session_id, digits))
        ]

    def _use(self, connection: Connection, rows: list[int], session_id: str) -> bool:
        """Use the live one of these keys up, if it is this conversation's; of two at once the database lets one."""
        now = self._clock.now()
        ours = (key_table.c.id.in_(rows), key_table.c.session_id == session_id)
        live = (key_table.c.ended_at.is_(None), key_table.c.expires_at > now)
        return connection.execute(update(key_table).where(*ours, *live).values(ended_at=now)).rowcount == 1

    def check_bill(self, account: Account, who: Address, printed: PrintedBill) -> Literal["right", "wrong"] | Locked:
        """Whether amount and due date are those of one of the last two bills. A wrong one counts as a wrong key."""

        def judge(connection: Connection) -> Literal["right"] | None:
            return "right" if _is_printed(connection, account, printed) else None

        return self._judged(account, who, judge)

    def _judged(
        self, account: Account, who: Address, judge: Callable[[Connection], Verdict | None]
    ) -> Verdict | Literal["wrong"] | Locked:
        """What `judge` makes of an answer, unless wrong ones have locked this person out; None is one more of them."""
        with reachable(), self._engine.begin() as connection:
            subject = self._tries.subject(_utility_of(connection, account), account.number)
            on_file = _on_file(account, who)
            self._tries.hold(connection, who, subject)
            locked = self._tries.locked(connection, who, subject, on_file)
            if locked:
                return locked
            return judge(connection) or self._tries.wrong(connection, who, subject, on_file) or "wrong"


def _is_printed(connection: Connection, account: Account, printed: PrintedBill) -> bool:
    last = (
        select(bill.c.amount_due, bill.c.currency, bill.c.due_on)
        .where(bill.c.account_id == account.id)
        .order_by(bill.c.period_start.desc())
        .limit(BILLS_THAT_PROVE)
    )
    return any(
        (row.amount_due, row.currency) == (printed.amount.minor, printed.amount.currency)
        and (row.due_on.month, row.due_on.day) == (printed.month, printed.day)
        and printed.year in (None, row.due_on.year)
        for row in connection.execute(last)
    )


def _utility_of(connection: Connection, account: Account) -> str:
    return str(connection.execute(select(account_table.c.utility).where(account_table.c.id == account.id)).scalar_one())


def _on_file(account: Account, who: Address) -> bool:
    return account.mobile is not None and account.mobile == who.phone
