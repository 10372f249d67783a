"""Who does what: the only file that names concrete classes. Everything else is handed what it needs."""

import os
import sys
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path

import redis
from celery import Celery
from flask import Blueprint, Flask
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, text

from bot.conversation import Conversation
from bot.message import Message, Reply
from bot.ports import Chance, Clock, Sessions
from bot.speech import Say, Speech
from bot.turn import Services
from bot.utility import Utility
from config import profiles, settings
from config.settings import Settings
from flows import FLOWS
from handlers.billing.book import SqlAccountBook
from handlers.console.commands import commands
from handlers.console.health import health_routes
from handlers.console.logs import set_up_logging
from handlers.console.metrics import Metrics
from handlers.edge import harden
from handlers.ledger import database
from handlers.ledger.database import reading
from handlers.mail.smtp import SmtpMail
from handlers.outbox.deliver import Deliverer
from handlers.outbox.parcel import Carrier
from handlers.outbox.worker import make_celery
from handlers.payments import stripe_client
from handlers.payments.carriers import CloseLink, MakeLink
from handlers.payments.events import Events
from handlers.payments.links import StripePayments
from handlers.payments.pages import page_routes
from handlers.payments.webhook import webhook_routes
from handlers.people.consent import may_send
from handlers.people.keys import SqlKeys
from handlers.people.people import SqlPeople
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from handlers.sessions import redis_client
from handlers.sessions.redis_sessions import RedisSessions
from handlers.sms import twilio_client
from handlers.sms.routes import sms_routes
from handlers.sms.sending import ForgetText, TwilioTexts
from handlers.sms.status import record_status
from handlers.world import SystemChance, SystemClock

COPY = Path(__file__).parent.parent / "flows" / "copy"


def web_app(environ: Mapping[str, str]) -> Flask:
    """What a web process serves. Raises BadSetting."""
    set_up_logging(sys.stderr)
    return Guestpay(settings.read(environ)).web


def worker_app(environ: Mapping[str, str]) -> Celery:
    """What a worker runs. Raises BadSetting."""
    set_up_logging(sys.stderr)
    return Guestpay(settings.read(environ)).worker


class Guestpay:
    """The program, put together from its settings. Each part is made when it is first asked for, and once.

    Tests pass a clock and chance of their own, and may pass another place for sessions to rest. `stripe_seconds` is how
    long Stripe may take while a person waits, and otherwise.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        chance: Chance | None = None,
        sessions: Sessions | None = None,
        stripe_seconds: tuple[float, float] = (stripe_client.QUICK, stripe_client.PATIENT),
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.chance: Chance = chance or SystemChance()
        self.utilities = profiles.load(settings.utilities)
        self.speech = Speech.load(COPY)
        self.sealer = Sealer(settings.secret_keys)
        self.metrics = Metrics(CollectorRegistry(), os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
        self._sessions = sessions
        self._quick, self._patient = (
            stripe_client.client(settings.stripe_api_key, settings.stripe_api_base, seconds)
            for seconds in stripe_seconds
        )

    @cached_property
    def engine(self) -> Engine:
        """SQL."""
        return database.connect(self.settings.database_url)

    @cached_property
    def redis(self) -> redis.Redis:
        """Redis, for sessions; the worker's broker is the same server."""
        return redis_client.connect(self.settings.redis_url)

    @cached_property
    def sessions(self) -> Sessions:
        """Where conversations rest."""
        ttl = self.settings.session_ttl_seconds
        return self._sessions or RedisSessions(self.redis, self.sealer, self.clock, self.chance, ttl)

    @cached_property
    def services(self) -> Services:
        """The world as the flows reach it."""
        tries = Tries(self.clock, self.sealer)
        currencies = {name: utility.currency for name, utility in self.utilities.items()}
        return Services(
            book=SqlAccountBook(self.engine, tries, currencies),
            keys=SqlKeys(
                self.engine,
                self.clock,
                self.chance,
                self.sealer,
                tries,
                self.speech,
                self.utilities,
                mail=self.settings.smtp_url is not None,
            ),
            payments=StripePayments(
                self.engine,
                self.clock,
                self.chance,
                self.sealer,
                self._quick,
                self.speech,
                self.utilities,
                self.settings.public_base_url,
            ),
            people=SqlPeople(self.engine, self.clock, self.sealer),
            clock=self.clock,
        )

    @cached_property
    def conversation(self) -> Conversation:
        """The talk itself."""
        return Conversation(
            self.sessions, self.services, FLOWS, self.speech, self.utilities, self.chance, self.metrics.turn
        )

    @cached_property
    def deliverer(self) -> Deliverer:
        """What a worker does with a row of the outbox."""
        return Deliverer(
            self.engine, self.clock, self.chance, self.sealer, self._carriers(), may_send, self.metrics.sent
        )

    @cached_property
    def worker(self) -> Celery:
        """The worker, with its schedule."""
        return make_celery(self.settings.redis_url, self.deliverer, self.engine, self.clock)

    @cached_property
    def web(self) -> Flask:
        """The web application, with the operator's commands."""
        app = Flask("guestpay", static_folder=None)
        for routes in (self._sms(), self._webhook(), self._pages(), self._console()):
            app.register_blueprint(routes)
        for command in commands(self.engine, self.utilities, self.clock):
            app.cli.add_command(command)
        harden(app, self.chance, self.metrics.refused)
        return app

    def hear(self, message: Message) -> Reply:
        """One turn, timed."""
        began = self.clock.now()
        reply = self.conversation.hear(message)
        self.metrics.turn_took((self.clock.now() - began).total_seconds())
        return reply

    def sorry(self, utility: Utility, reference: str | None) -> str:
        """The sentence for a turn that failed: it will pass, or here is a reference to tell a person."""
        say = (
            Say("anywhere.bug", {"phone": utility.agent_phone, "ref": reference})
            if reference
            else Say("anywhere.unavailable", {"phone": utility.agent_phone})
        )
        return self.speech.say(say, utility.languages[0])

    def _carriers(self) -> Mapping[str, Carrier]:
        settings = self.settings
        twilio = twilio_client.client(
            settings.twilio_account_sid, settings.twilio_auth_tokens[0], settings.twilio_api_base
        )
        carriers: dict[str, Carrier] = {
            "text": TwilioTexts(twilio, self.utilities, settings.public_base_url, self.clock),
            "forget_text": ForgetText(twilio),
            "make_link": MakeLink(
                self.engine,
                self.clock,
                self.sealer,
                self._patient,
                self.speech,
                self.utilities,
                settings.public_base_url,
            ),
            "close_link": CloseLink(self.engine, self.clock, self._patient, self.conversation.tell),
        }
        if settings.smtp_url:
            carriers["email"] = SmtpMail(settings.smtp_url, self.utilities, self.clock)
        return carriers

    def _sms(self) -> Blueprint:
        return sms_routes(
            hear=self.hear,
            record_status=partial(record_status, self.engine, self.clock),
            utilities_by_number=profiles.by_number(self.utilities),
            account_sid=self.settings.twilio_account_sid,
            auth_tokens=self.settings.twilio_auth_tokens,
            public_base_url=self.settings.public_base_url,
            sorry=self.sorry,
            chance=self.chance,
            failed=self.metrics.failed,
        )

    def _webhook(self) -> Blueprint:
        events = Events(
            self.engine,
            self.clock,
            self.sealer,
            self._patient,
            self.speech,
            self.utilities,
            live="_live_" in self.settings.stripe_api_key,
            tell=self.conversation.tell,
            observe=self.metrics.payment,
        )
        return webhook_routes(events.take, self.settings.stripe_webhook_secrets, self.clock)

    def _pages(self) -> Blueprint:
        return page_routes(
            self.engine,
            self.clock,
            self.sealer,
            self.speech,
            self.utilities,
            lambda account_id: self.services.book.standing(account_id).balance,
        )

    def _console(self) -> Blueprint:
        probes: dict[str, Callable[[], object]] = {"redis": self.redis.ping, "sql": self._ask_sql}
        return health_routes(probes, self.metrics.text, self.settings.metrics_token)

    def _ask_sql(self) -> None:
        with reading(self.engine) as connection:
            connection.execute(text("SELECT 1"))
