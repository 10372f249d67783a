"""The whole receipt by email: sums, day and reference, as on the receipt's page."""

from datetime import datetime

from sqlalchemy import Connection, select

from handlers.ledger.tables import account
from handlers.outbox.parcel import Parcel, put
from handlers.payments.records import Record, reference
from handlers.payments.wording import WORTH_SAYING, Wording
from handlers.sealing import Sealer


class MailedReceipts:
    """Receipts for holders who paid for themselves. `public_base_url` is where `/r/` is served."""

    def __init__(self, wording: Wording, sealer: Sealer, public_base_url: str) -> None:
        self._wording = wording
        self._sealer = sealer
        self._base = public_base_url.rstrip("/")

    def put(self, connection: Connection, record: Record, cause: str, paid_at: datetime, now: datetime) -> None:
        """Mail the receipt, once for each `cause`, in the caller's transaction.

        Only to the email on file, and only if the payer's phone is the one on file: somebody else who pays for an
        account does not make us write to its holder.
        """
        recipient = _email(connection, record)
        if not recipient:
            return
        about = self._wording.about
        slots = {
            "paid_on": self._wording.instant(record, paid_at),
            "method": about(f"pages.method_{record.method}", record),
            "reference": reference(record.id),
            "receipt": f"{self._base}/r/{record.receipt_token}",
        }
        body = {
            "subject": about("receipts.email_subject", record),
            "text": about("receipts.email", record, **slots),
        }
        parcel = Parcel(
            kind="email",
            cause=f"email:{cause}",
            utility=record.utility,
            category="receipt",
            body=body,
            due_at=now,
            recipient=recipient,
            expires_at=now + WORTH_SAYING,
        )
        put(connection, self._sealer, parcel, now)


def _email(connection: Connection, record: Record) -> str | None:
    phone = record.payer.phone
    if phone is None:
        return None
    theirs = (account.c.id == record.account_id, account.c.mobile == phone.reveal())
    return connection.scalar(select(account.c.email).where(*theirs))
