"""Who does what: the parts that web and worker share. `config.web` and `config.outbox` put theirs on top.

Only these three files name concrete classes; everything else is handed what it needs.
"""

import os
from functools import cached_property

import redis
import requests
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from bot.conversation import Conversation
from bot.ports import Chance, Clock, Sessions
from bot.speech import Speech
from bot.turn import Services
from config import profiles
from config.settings import Settings
from flows import FLOWS
from handlers.billing.book import SqlAccountBook
from handlers.console.metrics import Metrics
from handlers.ledger import database
from handlers.payments import stripe_client
from handlers.payments.events import Events
from handlers.payments.links import StripePayments
from handlers.payments.wording import Wording
from handlers.people.keys import SqlKeys
from handlers.people.people import SqlPeople
from handlers.people.tries import Tries
from handlers.sealing import Sealer
from handlers.sessions import redis_client
from handlers.sessions.redis_sessions import RedisSessions
from handlers.settlement.reconciling import Reconciliation
from handlers.world import SystemChance, SystemClock


class Guestpay:
    """The program, put together from its settings. Each part is made when it is first asked for, and once.

    Tests pass a clock and chance of their own, and may pass another place for sessions to rest. `stripe_seconds` is how
    long Stripe may take while a person waits, and otherwise. `network` is how Stripe and Twilio are reached, and
    `engine` how SQL is: the real ones unless they are given.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        chance: Chance | None = None,
        sessions: Sessions | None = None,
        stripe_seconds: tuple[float, float] = (stripe_client.QUICK, stripe_client.PATIENT),
        network: requests.Session | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.chance: Chance = chance or SystemChance()
        self.speech = Speech.load(profiles.COPY)
        self.utilities = profiles.load(settings.utilities, profiles.spoken())
        self.wording = Wording(self.speech, self.utilities)
        self.sealer = Sealer(settings.secret_keys)
        self.metrics = Metrics(CollectorRegistry(), os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
        self._sessions = sessions
        self.network = network
        self._engine = engine
        self.quick, self.patient = (
            stripe_client.client(settings.stripe_api_key, settings.stripe_api_base, seconds, network)
            for seconds in stripe_seconds
        )

    @cached_property
    def engine(self) -> Engine:
        """SQL."""
        return self._engine or database.connect(self.settings.database_url)

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
                self.quick,
                self.wording,
                self.settings.public_base_url,
                observe=self.metrics.link,
            ),
            people=SqlPeople(self.engine, self.clock, self.sealer),
            clock=self.clock,
        )

    @cached_property
    def events(self) -> Events:
        """Whatever happened at Stripe comes in here: told by a webhook, or found by reconciliation."""
        return Events(
            self.engine,
            self.clock,
            self.sealer,
            self.patient,
            self.wording,
            live=stripe_client.is_live(self.settings.stripe_api_key),
            tell=self.conversation.tell,
            observe=self.metrics.payment,
            public_base_url=self.settings.public_base_url,
            mail=self.settings.smtp_url is not None,
        )

    @cached_property
    def reconciliation(self) -> Reconciliation:
        """Stripe's account of a day against the ledger."""
        return Reconciliation(
            self.engine,
            self.clock,
            self.patient,
            self.utilities,
            live=stripe_client.is_live(self.settings.stripe_api_key),
            take=self.events.take,
        )

    @cached_property
    def conversation(self) -> Conversation:
        """The talk itself."""
        return Conversation(
            self.sessions, self.services, FLOWS, self.speech, self.utilities, self.chance, self.metrics.turn
        )
