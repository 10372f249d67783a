"""The stage: the whole program with a clock of our own, against the sandbox's Stripe, Twilio and mail over HTTP.

`EngineStage` hands words to the conversation; `RoutesStage` posts signed Twilio forms to the routes, with sessions in a
real Redis. What the world does is the same on both: a person taps the short link and pays on the checkout page,
Stripe's webhooks come signed, the outbox goes out through Twilio's API.
"""

import base64
import json
import threading
from datetime import timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import requests
from stripe import WebhookSignature
from twilio.request_validator import RequestValidator

from bot import text
from bot.message import Message
from bot.names import Address
from config.outbox import make_deliverer
from config.settings import Settings
from config.web import make_web
from config.wiring import Guestpay
from handlers.billing.imports import import_bills
from handlers.outbox.sweep import sweep
from handlers.remittance.posted import import_posted
from handlers.sessions.memory import MemorySessions
from sandbox.server import Sandbox
from tests import cast
from tests.fakes import FakeChance, FakeClock
from tests.sql import sqlite_engine
from tests.timed import TimedSandbox
from tests.transcript import CAST

BASE = "https://pay.example"
SID = "AC" + "0" * 32
UTILITIES = Path(__file__).parents[1] / "config" / "utilities"
BILLS_HEADER = cast.BILLS.splitlines()[0]


def settings(sandbox: Sandbox, database_url: str, redis_url: str) -> Settings:
    """Settings that lead to the sandbox."""
    return Settings(
        public_base_url=BASE,
        redis_url=redis_url,
        database_url=database_url,
        secret_keys=(b"k" * 32,),
        twilio_account_sid=SID,
        twilio_auth_tokens=("token",),
        twilio_api_base=sandbox.url,
        stripe_api_key="sk_test_stage",
        stripe_webhook_secrets=("whsec_stage",),
        stripe_api_base=sandbox.url,
        session_ttl_seconds=900,
        utilities=UTILITIES,
        smtp_url=sandbox.smtp_url,
        metrics_token=None,
        port=8000,
    )


def make_sandbox() -> TimedSandbox:
    """A sandbox that keeps its webhooks until the stage delivers them, at the stage's own time."""
    sandbox = TimedSandbox("http://127.0.0.1:9", SID, "token", "sk_test_stage", "whsec_stage", public_url=BASE)
    sandbox.till.webhooks.paused = True
    return sandbox


class EngineStage:
    """Plays on the conversation itself; sessions rest in memory, dumped and loaded at every turn."""

    def __init__(self, sandbox: TimedSandbox, tmp_path: Path, redis_url: str = "redis://127.0.0.1:9") -> None:
        self.sandbox = sandbox
        self.clock = sandbox.clock = FakeClock()
        self.program = Guestpay(
            settings(sandbox, f"sqlite:///{tmp_path / 'guestpay.db'}", redis_url),
            self.clock,
            FakeChance(),
            self._sessions(),
            stripe_seconds=(2.0, 2.0),
            engine=sqlite_engine(tmp_path),
        )
        cast.cast(self.program.engine, self.clock)
        self.deliverer = make_deliverer(self.program)
        self.web = make_web(self.program).test_client()
        self._message = 0
        self._told = 0
        self._shown: dict[str, int] = {}
        self._mails = 0
        self._hold = threading.Event()

    def _sessions(self) -> MemorySessions | None:
        return MemorySessions(self.clock, 900)

    def close(self) -> None:
        """Let go of what was opened."""
        self._hold.set()
        self.program.engine.dispose()
        self.program.redis.close()

    def say(self, phone: str, words: str) -> tuple[str, ...]:
        """Text the program."""
        self._message += 1
        return self.answer(phone, words, f"SM{self._message:032x}")

    def answer(self, phone: str, words: str, sid: str) -> tuple[str, ...]:
        """What this message gets."""
        message = Message(sid, Address("sms", phone), "prairie", text.clean(words))
        return self.program.conversation.hear(message).texts

    def happen(self, phone: str, what: str) -> None:
        """Let the world act: see `tests.transcript` for what it can do."""
        match what.split():
            case [number, unit, "pass"]:
                self.clock.pass_time(**{unit: float(number)})
            case ["paid"]:
                self._pay(phone, "card")
            case ["paid", "from", "a", "bank"]:
                self._pay(phone, "bank")
            case ["refunded", *part]:
                session = self.sandbox.till.store.get("checkout.session", self._session)
                cents = {"amount": round(float(part[0]) * 100)} if part else {}
                self.sandbox.till.refund({"payment_intent": session["payment_intent"], **cents})
            case ["the", "bank", *doing]:
                self._bank(" ".join(doing))
            case ["billing", "posts", "it"]:
                self._post(phone)
            case ["the", "link", "runs", "out"]:
                self.clock.pass_time(minutes=61)
            case ["stripe", "is", mood]:
                self._stripe(mood)
            case [name, "next", "bill", "says", amount]:
                self._bill(CAST[name.removesuffix("'s")], amount)
            case _:
                raise ValueError(f"the world cannot do this: {what}")
        self._webhooks()

    def arrived(self) -> list[tuple[str, str]]:
        """Send what is due, and see whom it reached."""
        while due := sweep(self.program.engine, self.clock):
            for row in due:
                self.deliverer.deliver(row)
        assert self.sandbox.quiet()
        found = []
        for phone in CAST.values():
            texts = self.sandbox.received(phone)
            found += [(phone, words) for words in texts[self._shown.get(phone, 0) :]]
            self._shown[phone] = len(texts)
        mails = self.sandbox.mail.mails
        found += [(mail.to[0], mail.text.strip()) for mail in mails[self._mails :]]
        self._mails = len(mails)
        return found

    def _stripe(self, mood: str) -> None:
        if mood == "down":
            self.sandbox.fail_next("stripe", status=503, times=1000)
        elif mood == "slow":
            self.sandbox.fail_next("stripe", hold=self._hold, method="POST", path="payment_links", times=1000)
        else:
            self.sandbox.troubles.planned.clear()
            self._hold.set()
            assert self.sandbox.idle()

    def _pay(self, phone: str, way: str) -> None:
        view = self.program.services.payments.latest("prairie", Address("sms", phone))
        assert view and view.link_url, "there is no link to pay with"
        tapped = self.web.get(urlsplit(view.link_url).path, headers={"User-Agent": "Mozilla/5.0"})
        assert tapped.status_code == 303, unescape(tapped.text)
        page = requests.get(tapped.headers["Location"], timeout=5)
        paid = requests.post(page.url, data={"way": way}, timeout=5)
        self._session = page.url.rsplit("/", 1)[1]
        session = self.sandbox.till.store.get("checkout.session", self._session)
        assert paid.ok and session["status"] == "complete", "the checkout page did not take it"

    def _bank(self, doing: str) -> None:
        """The payer's bank settles a debit, or has its say in a dispute."""
        ends = {"asks for it back": None, "takes it back": "lost", "lets it be": "won"}
        if doing in ends:
            self._dispute(ends[doing])
        else:
            till = self.sandbox.till
            session = till.store.get("checkout.session", self._session)
            till.settle_bank(session, {"says yes": True, "says no": False}[doing])

    def _dispute(self, end: str | None) -> None:
        """The payer disputes the last payment, unless they have, and the bank decides, if it does."""
        till = self.sandbox.till
        intent = till.store.get("checkout.session", self._session)["payment_intent"]
        charge = next(one for one in till.store.all("charge") if one["payment_intent"] == intent)
        open_ones = [one for one in till.store.all("dispute") if one["charge"] == charge["id"]]
        dispute = open_ones[0] if open_ones else till.dispute(charge)
        if end:
            till.close_dispute(dispute, end)

    def _post(self, phone: str) -> None:
        view = self.program.services.payments.latest("prairie", Address("sms", phone))
        assert view, "there is no payment to post"
        today = self.clock.now().astimezone(cast.PRAIRIE.zone).date()
        file = StringIO(f"payment_id,posted_on\n{view.id.reveal()},{today}\n")
        import_posted(self.program.engine, cast.PRAIRIE, file, self.clock)

    def _webhooks(self) -> None:
        deliveries = self.sandbox.till.webhooks.deliveries
        for delivery in deliveries[self._told :]:
            body = json.dumps(delivery.event)
            now = int(self.clock.now().timestamp())
            signed = WebhookSignature.generate_signature_header(body, "whsec_stage", timestamp=now)
            answer = self.web.post("/stripe/webhook", data=body, headers={"Stripe-Signature": signed})
            assert answer.status_code == 200, answer.text
        self._told = len(deliveries)

    def _bill(self, phone: str, amount: str) -> None:
        number = next(line.split(",")[0] for line in cast.ACCOUNTS.splitlines() if phone in line)
        today = self.clock.now().date()
        row = f"{number},2026-11-13,{today},{today},{today + timedelta(days=21)},USD,{amount},0.00,,"
        import_bills(self.program.engine, cast.PRAIRIE, StringIO(f"{BILLS_HEADER}\n{row}\n"), self.clock)


class RoutesStage(EngineStage):
    """Plays over `POST /sms`, signed as Twilio signs, with sessions in Redis."""

    def _sessions(self) -> None:
        return None

    def answer(self, phone: str, words: str, sid: str) -> tuple[str, ...]:
        """Post the form; the texts of the TwiML that comes back."""
        reply = self.post(sid, From=phone, Body=words)
        assert reply.status_code == 200, reply.text
        return tuple("".join(said.itertext()) for said in ElementTree.fromstring(reply.data).iter("Message"))

    def post(self, sid: str, **more: str):
        """A signed form to `/sms`."""
        form = {"MessageSid": sid, "AccountSid": SID, "To": "+12175550100", "NumMedia": "0", **more}
        signature = RequestValidator("token").compute_signature(f"{BASE}/sms", form)
        signed = signature if isinstance(signature, str) else base64.b64encode(signature).decode()
        return self.web.post("/sms", data=form, headers={"X-Twilio-Signature": signed})
