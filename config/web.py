"""What a web process serves: the routes, the limits around them, and the operator's commands."""

import sys
from collections.abc import Callable, Mapping
from functools import partial

from flask import Blueprint, Flask
from sqlalchemy import select

from bot.message import Message, Reply
from bot.speech import Say
from bot.utility import Utility
from config import profiles, settings
from config.wiring import Guestpay
from handlers.console.commands import commands
from handlers.console.health import health_routes
from handlers.console.logs import set_up_logging
from handlers.console.reconcile_command import reconcile_command
from handlers.console.ticket_figures import ticket_figures
from handlers.edge import harden
from handlers.ledger.database import reading
from handlers.ledger.tables import account
from handlers.payments.pages import page_routes
from handlers.payments.unapplied import Unapplied
from handlers.payments.webhook import webhook_routes
from handlers.payments.wording import Texts
from handlers.receipts.routes import receipt_routes
from handlers.sms.routes import sms_routes
from handlers.sms.status import record_status


def web_app(environ: Mapping[str, str]) -> Flask:
    """The web application, from the environment. Raises BadSetting."""
    set_up_logging(sys.stderr)
    return make_web(Guestpay(settings.read(environ)))


def make_web(program: Guestpay) -> Flask:
    """The web application of this program."""
    app = Flask("guestpay", static_folder=None)
    for routes in (_sms(program), _webhook(program), _pages(program), _receipts(program), _console(program)):
        app.register_blueprint(routes)
    for command in commands(program.engine, program.utilities, program.clock, _unapplied(program)):
        app.cli.add_command(command)
    app.cli.add_command(reconcile_command(program.engine, program.reconciliation))
    harden(app, program.chance, program.metrics.refused)
    return app


def _unapplied(program: Guestpay) -> Unapplied:
    return Unapplied(program.engine, program.clock, Texts(program.wording, program.sealer), program.sealer)


def _sms(program: Guestpay) -> Blueprint:
    def hear(message: Message) -> Reply:
        began = program.clock.now()
        reply = program.conversation.hear(message)
        program.metrics.turn_took((program.clock.now() - began).total_seconds())
        return reply

    def sorry(utility: Utility, reference: str | None) -> str:
        key = "anywhere.bug" if reference else "anywhere.unavailable"
        say = Say(key, {"phone": utility.agent_phone, "ref": reference or ""})
        return program.speech.say(say, utility.languages[0])

    return sms_routes(
        hear=hear,
        record_status=partial(record_status, program.engine, program.clock),
        utilities_by_number=profiles.by_number(program.utilities),
        account_sid=program.settings.twilio_account_sid,
        auth_tokens=program.settings.twilio_auth_tokens,
        public_base_url=program.settings.public_base_url,
        sorry=sorry,
        chance=program.chance,
        failed=program.metrics.failed,
    )


def _webhook(program: Guestpay) -> Blueprint:
    return webhook_routes(program.events.take, program.settings.stripe_webhook_secrets, program.clock)


def _pages(program: Guestpay) -> Blueprint:
    return page_routes(program.engine, program.clock, program.wording)


def _receipts(program: Guestpay) -> Blueprint:
    base = program.settings.public_base_url
    return receipt_routes(program.engine, program.clock, program.sealer, program.wording, base)


def _console(program: Guestpay) -> Blueprint:
    def ask_sql() -> None:
        with reading(program.engine) as connection:
            connection.execute(select(account.c.id).limit(1))  # a database without our tables is not ready either

    probes: dict[str, Callable[[], object]] = {"redis": program.redis.ping, "sql": ask_sql}

    def figures() -> bytes:
        return program.metrics.text() + ticket_figures(program.engine)

    return health_routes(probes, figures, program.settings.metrics_token)
