"""What the payer is told about their payment: each thing once, and nothing that is not so."""

from datetime import datetime

from sqlalchemy import Connection

from bot.money import Money
from handlers.payments.charges import Charge
from handlers.payments.mailed import MailedReceipts
from handlers.payments.records import Record
from handlers.payments.surplus import Division
from handlers.payments.wording import Texts


class Telling:
    """Texts and emails to the payer, put into the caller's transaction. `mailed` is None where no email goes out."""

    def __init__(self, texts: Texts, mailed: MailedReceipts | None) -> None:
        self._texts = texts
        self._mailed = mailed

    def paid(
        self,
        connection: Connection,
        record: Record,
        taken: Charge,
        division: Division,
        back: bool,
        remains: Money,
        now: datetime,
        awaited: bool,
    ) -> None:
        """What came of the money: what it paid, what is left to pay, what is a credit or goes `back`.

        No link in it: the person asks for the copy, and gets its link in reply (RULES W10). A payment that paid
        nothing gets no receipt by email, nor does a second one of a link: the link's receipt is about the first.
        """
        sentence = _sentence(taken, division, back, remains)
        left = -remains if remains.minor < 0 else remains
        slots = {"remains": left, "surplus": division.surplus}
        self._texts.put(connection, record, sentence, taken.id, now, awaited=awaited, slots=slots)
        if self._mailed and division.bill and taken.kind == "applied":
            self._mailed.put(connection, record, f"paid:{taken.id}", taken.taken_at, now)

    def differs(self, connection: Connection, record: Record, taken: Charge, now: datetime) -> None:
        """Stripe took another sum than we asked for: it is safe, and a person looks at it."""
        self._texts.put(connection, record, "sum_differs", taken.id, now, slots={"total": taken.total})

    def pending(self, connection: Connection, record: Record, now: datetime) -> None:
        """The bank has been asked."""
        self._texts.put(connection, record, "pending", record.id.reveal(), now)

    def failed(self, connection: Connection, record: Record, now: datetime) -> None:
        """The bank said no, and nothing was paid."""
        self._texts.put(connection, record, "failed", record.id.reveal(), now, awaited=False)


def _sentence(taken: Charge, division: Division, back: bool, remains: Money) -> str:
    if taken.kind == "second" and division.bill:
        return "paid_again_part_back" if back and division.surplus else "paid_again"
    if taken.kind == "second":
        return "second_back" if back else "second_credit"
    if not division.bill:
        return "surplus_back" if back else "surplus_credit"
    if division.surplus:
        return "paid_part_back" if back else "paid_with_credit"
    return "paid" if remains.minor > 0 else "paid_in_full"
