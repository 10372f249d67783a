"""What a worker does: the carriers of the outbox, and the engine that runs them."""

import sys
from collections.abc import Mapping
from functools import partial

from celery import Celery

from config import settings
from config.wiring import Guestpay
from handlers.console.logs import set_up_logging
from handlers.mail.smtp import SmtpMail
from handlers.outbox.deliver import Deliverer
from handlers.outbox.parcel import Carrier
from handlers.outbox.rows import anothers
from handlers.outbox.worker import make_celery
from handlers.payments.carriers import CloseLink, MakeLink
from handlers.payments.giving_back import GiveBack
from handlers.payments.making import LinkMaker
from handlers.payments.wording import Texts
from handlers.people.consent import may_send
from handlers.settlement.schedule import schedule
from handlers.sms import twilio_client
from handlers.sms.sending import ForgetText, TwilioTexts


def worker_app(environ: Mapping[str, str]) -> Celery:
    """The worker with its schedule, from the environment. Raises BadSetting."""
    set_up_logging(sys.stderr)
    program = Guestpay(settings.read(environ))
    app = make_celery(program.settings.redis_url, make_deliverer(program), program.engine, program.clock)
    schedule(app, program.reconciliation.look)
    return app


def make_deliverer(program: Guestpay) -> Deliverer:
    """What is done with a row of the outbox."""
    return Deliverer(
        program.engine,
        program.clock,
        program.chance,
        program.sealer,
        _carriers(program),
        may_send,
        program.metrics.sent,
    )


def _carriers(program: Guestpay) -> Mapping[str, Carrier]:
    settings = program.settings
    twilio = twilio_client.client(
        settings.twilio_account_sid,
        settings.twilio_auth_tokens[0],
        settings.twilio_api_base,
        network=program.network,
    )
    maker = LinkMaker(program.engine, program.clock, program.patient, program.wording)
    texts = Texts(program.wording, program.sealer)
    carriers: dict[str, Carrier] = {
        "text": TwilioTexts(
            twilio, program.utilities, settings.public_base_url, program.clock, partial(anothers, program.engine)
        ),
        "forget_text": ForgetText(twilio),
        "make_link": MakeLink(
            program.engine, program.clock, maker, texts, settings.public_base_url, observe=program.metrics.link
        ),
        "close_link": CloseLink(
            program.engine, program.clock, maker, program.patient, program.conversation.tell, program.metrics.link
        ),
        "give_back": GiveBack(program.engine, program.clock, program.patient),
    }
    if settings.smtp_url:
        carriers["email"] = SmtpMail(settings.smtp_url, program.utilities, program.clock)
    return carriers
