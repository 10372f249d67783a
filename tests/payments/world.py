"""Payments with all they touch: SQL, the miniature Stripe over HTTP, the web routes, a conversation that listens."""

import hashlib
import hmac
import json
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from bot.money import Money
from bot.names import AccountNumber, Address, PaymentId
from bot.ports import LinkReady, PaymentOrder
from bot.speech import Speech
from bot.utility import Method
from handlers.edge import harden
from handlers.ledger.journal import receivable
from handlers.ledger.tables import account, entry, journal, outbox, payment, stripe_event, ticket
from handlers.outbox.parcel import Carrier, Delivery, Parcel
from handlers.payments.carriers import CloseLink, MakeLink
from handlers.payments.events import Events
from handlers.payments.giving_back import GiveBack
from handlers.payments.links import StripePayments
from handlers.payments.making import LinkMaker
from handlers.payments.pages import page_routes
from handlers.payments.records import Record, by_id
from handlers.payments.webhook import webhook_routes
from handlers.payments.wording import Texts, Wording
from handlers.receipts.routes import receipt_routes
from handlers.sealing import Sealer
from sandbox.stripe_objects import Thing
from tests.cast import ANA, ANAS_PHONE, PRAIRIE, cast, texting
from tests.fakes import FakeChance, FakeClock
from tests.timed import TimedSandbox

BASE = "https://pay.prairie.example"
SECRET, NEW_SECRET = "whsec_tests", "whsec_newer"
STRIPE_KEY = "sk_test_tests"
ANA_TEXTS = texting(ANAS_PHONE)
ANA_OWES = Money(8420)


class World:
    """Everything at hand. Time is a FakeClock; the sandbox's own webhooks are held back, and delivered by `deliver`."""

    def __init__(
        self, engine: Engine, sandbox: TimedSandbox, client: stripe.StripeClient, now: datetime | None = None
    ) -> None:
        self.engine, self.sandbox, self.client = engine, sandbox, client
        self.clock = sandbox.clock = FakeClock(now) if now else FakeClock()
        self.chance, self.sealer = FakeChance(), Sealer([b"k" * 32])
        self.speech = Speech.load(Path(__file__).parents[2] / "flows" / "copy")
        self.utilities = {"prairie": PRAIRIE}
        self.told: list[tuple[str, Address, str]] = []
        self.deaf: Exception | None = None
        self.reached: list[str] = []
        self.links: list[str] = []
        sandbox.till.webhooks.paused = True
        self._messages = count(1)
        cast(engine, self.clock)
        self.use(client, client)

    def use(self, quick: stripe.StripeClient, patient: stripe.StripeClient, mail: bool = True) -> None:
        """Wire everything with these clients."""
        wording = Wording(self.speech, self.utilities)
        self.payments = StripePayments(
            self.engine, self.clock, self.chance, self.sealer, quick, wording, BASE, self.links.append
        )
        maker, texts = LinkMaker(self.engine, self.clock, patient, wording), Texts(wording, self.sealer)
        self.make_link = MakeLink(self.engine, self.clock, maker, texts, BASE, self.links.append)
        self.close_link = CloseLink(self.engine, self.clock, maker, patient, self.tell, self.links.append)
        self.give_back = GiveBack(self.engine, self.clock, patient)
        self.events = Events(
            self.engine, self.clock, self.sealer, patient, wording, False, self.tell, self.reached.append, BASE, mail
        )
        app = Flask("guestpay")
        app.register_blueprint(webhook_routes(self.events.take, [NEW_SECRET, SECRET], self.clock))
        app.register_blueprint(page_routes(self.engine, self.clock, wording))
        app.register_blueprint(receipt_routes(self.engine, self.clock, self.sealer, wording, BASE))
        harden(app, self.chance, lambda reason: None)
        self.app = app
        self.web: FlaskClient = app.test_client()

    def tell(self, utility: str, who: Address, event: str) -> None:
        if self.deaf:
            raise self.deaf
        self.told.append((utility, who, event))

    def account_id(self, number: AccountNumber = ANA) -> int:
        with self.engine.begin() as connection:
            return int(connection.execute(select(account.c.id).where(account.c.number == number.reveal())).scalar_one())

    def owed(self, account_id: int) -> Money:
        with self.engine.begin() as connection:
            return Money(receivable(connection, account_id))

    def order(
        self,
        amount: Money = ANA_OWES,
        method: Method = "card",
        payer: Address = ANA_TEXTS,
        number: AccountNumber = ANA,
        language: str = "en",
        confirmed_by: str | None = None,
    ) -> PaymentOrder:
        account_id = self.account_id(number)
        fee = PRAIRIE.fees[method]
        message = confirmed_by or f"SM{next(self._messages):032x}"
        balance = self.owed(account_id)
        return PaymentOrder("prairie", account_id, payer, language, amount, fee, method, balance, "session-1", message)

    def link(self, **order: Any) -> Record:
        """A payment with its link, as the person has it."""
        ready = self.payments.request(self.order(**order))
        assert isinstance(ready, LinkReady)
        return self.record(ready.payment)

    def record(self, payment_id: PaymentId) -> Record:
        with self.engine.begin() as connection:
            record = by_id(connection, payment_id)
        assert record
        return record

    # Stripe's side

    def visit(self, record: Record) -> Thing:
        """Somebody follows the link to Stripe: a checkout session of their own."""
        assert record.link_id
        return self.sandbox.till.links.visit(self.sandbox.till.store.get("payment_link", record.link_id))

    def event_ids(self) -> list[str]:
        return [delivery.event["id"] for delivery in self.sandbox.till.webhooks.deliveries]

    def events_of(self, kind: str) -> list[Thing]:
        return [one.event for one in self.sandbox.till.webhooks.deliveries if one.event["type"] == kind]

    def deliver(self, event: Thing, **change: Any) -> TestResponse:
        """Deliver an event as Stripe would, at this moment of the FakeClock."""
        return self.post(json.dumps({**event, "created": int(self.clock.now().timestamp()), **change}).encode())

    def post(self, body: bytes, header: str | None = "signed", client: FlaskClient | None = None) -> TestResponse:
        given = signed(body, int(self.clock.now().timestamp())) if header == "signed" else header
        headers = {} if given is None else {"Stripe-Signature": given}
        return (client or self.web).post("/stripe/webhook", data=body, headers=headers)

    def pay(self, record: Record) -> Thing:
        """Somebody pays by card, and Stripe tells of it. Returns the checkout session."""
        session = self.visit(record)
        self.sandbox.till.pay_by_card(session)
        assert self.deliver(self.events_of("checkout.session.completed")[-1]).status_code == 200
        return session

    def refund(self) -> None:
        """The utility sends all of the last payment back, and Stripe tells of it."""
        charge = self.sandbox.till.store.all("charge")[0]
        self.sandbox.till.refund({"charge": charge["id"]})
        assert self.deliver(self.events_of("refund.created")[-1]).status_code == 200

    # What came of it

    def parcels(self, kind: str = "") -> list[Parcel]:
        with self.engine.begin() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).mappings().all()
        parcels = []
        for row in rows:
            body = json.loads(self.sealer.open(row["body"], f"outbox:{row['cause']}"))
            kept = {name: row[name] for name in ("utility", "category", "due_at", "recipient", "expires_at")}
            parcels.append(Parcel(row["kind"], row["cause"], body=body, **kept))
        return [parcel for parcel in parcels if parcel.kind.startswith(kind)]

    def texts(self) -> list[str]:
        return [parcel.body["text"] for parcel in self.parcels("text")]

    def carry_due(self, kind: str) -> None:
        """Do every parcel of a kind that is due, as a worker would."""
        carriers: dict[str, Carrier] = {
            "make_link": self.make_link,
            "close_link": self.close_link,
            "give_back": self.give_back,
        }
        for number, parcel in enumerate(self.parcels(kind)):
            if parcel.due_at <= self.clock.now():
                carriers[kind].carry(Delivery(number, parcel, 1))

    def causes(self) -> list[str]:
        """What was posted by payments: the journal's causes."""
        with self.engine.begin() as connection:
            causes = connection.execute(select(journal.c.cause).order_by(journal.c.id)).scalars()
            return [cause for cause in causes if cause.startswith(("paid:", "refund:"))]

    def book(self, name: str) -> int:
        """What stands in a book, in minor units."""
        with self.engine.begin() as connection:
            total = select(func.coalesce(func.sum(entry.c.minor), 0)).where(entry.c.book == name)
            return int(connection.execute(total).scalar_one())

    def judged(self) -> list[tuple[str, str]]:
        with self.engine.begin() as connection:
            rows = connection.execute(select(stripe_event.c.state, stripe_event.c.reason))
            return [(row.state, row.reason) for row in rows]

    def tickets(self) -> list[tuple[str, int | None]]:
        """What waits for a person: kind and sum of each ticket, oldest first."""
        with self.engine.begin() as connection:
            rows = connection.execute(select(ticket.c.kind, ticket.c.minor).order_by(ticket.c.id))
            return [(row.kind, row.minor) for row in rows]

    def payments_written(self) -> int:
        with self.engine.begin() as connection:
            return int(connection.execute(select(func.count()).select_from(payment)).scalar_one())

    def active(self, record: Record) -> bool:
        """Whether Stripe still takes money on the link."""
        assert record.link_id
        return bool(self.sandbox.till.store.get("payment_link", record.link_id)["active"])


def signed(body: bytes, at: int, secret: str = SECRET, scheme: str = "v1") -> str:
    """Stripe's header for a body."""
    digest = hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},{scheme}={digest}"
