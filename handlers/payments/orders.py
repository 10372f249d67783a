"""Orders: what a person confirmed becomes a payment row, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from bot.errors import Refused
from bot.names import PaymentId
from bot.ports import Chance, Clock, PaymentOrder
from bot.utility import Utility
from handlers.billing.owed import latest_bill
from handlers.ledger.journal import inserting
from handlers.ledger.tables import payment
from handlers.ledger.transactions import transact
from handlers.payments.closing import close_at
from handlers.payments.records import Record, find
from handlers.sealing import Sealer


class Orders:
    """Writes orders down."""

    def __init__(
        self, engine: Engine, clock: Clock, chance: Chance, sealer: Sealer, utilities: Mapping[str, Utility]
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._chance = chance
        self._sealer = sealer
        self._utilities = utilities

    def write(self, order: PaymentOrder) -> Record:
        """The payment of this order: a new one, or the one that the same message confirmed before.

        Raises Refused if that message confirmed something else, Unavailable when SQL is away.
        """
        now = self._clock.now()
        row = self._row(order, self._payment_id(order), now)

        def once(connection: Connection) -> Record:
            adding = inserting(connection, payment).values(row)
            connection.execute(adding.on_conflict_do_nothing(index_elements=[payment.c.confirmed_by]))
            record = find(connection, payment.c.confirmed_by == order.confirmed_by)
            assert record is not None, "it is there, or the insert raised"
            close_at(connection, self._sealer, record, now)
            return record

        record = transact(self._engine, self._clock, once)
        if (record.utility, record.payer, record.account_id) != (order.utility, order.payer, order.account_id):
            raise Refused("this message confirmed another person's payment")
        return record

    def _payment_id(self, order: PaymentOrder) -> PaymentId:
        digest = self._sealer.digest("payment", f"{order.confirmed_by}\0{order.session_id}")
        return PaymentId(f"pay_{digest.hex()[:32]}")

    def _row(self, order: PaymentOrder, payment_id: PaymentId, now: datetime) -> dict[str, object]:
        return {
            "id": payment_id.reveal(),
            "utility": order.utility,
            "account_id": order.account_id,
            "payer": order.payer.reveal(),
            "language": order.language,
            "amount": order.amount.minor,
            "fee": order.fee.minor,
            "balance": order.balance.minor,
            "currency": order.amount.currency,
            "bill_id": latest_bill(order.account_id).scalar_subquery() if order.this_period else None,
            "method": order.method,
            "version": 1,
            "confirmed_by": order.confirmed_by,
            "token": self._chance.token(),
            "receipt_token": self._chance.token(),
            "requested_at": now,
            "expires_at": now + timedelta(minutes=self._utilities[order.utility].link_minutes),
        }
