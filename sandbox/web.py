"""The miniature world's web application: two APIs, and the pages to play payers, banks and phones on."""

import threading
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.checkout import checkout_pages
from sandbox.mail import MailCatcher, mail_pages
from sandbox.phone import phone_pages
from sandbox.setting import Setting
from sandbox.stripe_api import stripe_api
from sandbox.stripe_pages import stripe_pages
from sandbox.stripe_till import Till
from sandbox.switchboard import Switchboard
from sandbox.troubles import Troubles
from sandbox.twilio_api import twilio_api


def make_app(setting: Setting, till: Till, switchboard: Switchboard, mail: MailCatcher, troubles: Troubles) -> Flask:
    """All of it. A connection that breaks is an exception, which a test client hands on."""
    app = Flask("sandbox", root_path=str(Path(__file__).parent))
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a lost answer is one, and must not become a 500
    app.jinja_env.filters["money"] = _money
    app.register_blueprint(stripe_api(setting, till, troubles))
    app.register_blueprint(twilio_api(setting, switchboard, troubles))
    app.register_blueprint(checkout_pages(setting, till))
    app.register_blueprint(stripe_pages(till))
    app.register_blueprint(mail_pages(mail))
    app.register_blueprint(phone_pages(setting, switchboard))
    return app


def _money(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}${abs(minor) // 100:,}.{abs(minor) % 100:02}"


class Served:
    """Counts the requests that are being served."""

    def __init__(self, app: Flask) -> None:
        self._serving, self._changed = 0, threading.Condition()
        app.before_request(lambda: self._count(1))
        app.teardown_request(lambda _error: self._count(-1))

    def idle(self, timeout: float) -> bool:
        """Wait until there is none, also none whose caller has hung up."""
        with self._changed:
            return self._changed.wait_for(lambda: self._serving == 0, timeout)

    def _count(self, requests: int) -> None:
        with self._changed:
            self._serving += requests
            self._changed.notify_all()


def listen(app: Flask, port: int) -> BaseWSGIServer:
    """A server for it, on this machine alone; port 0 takes a free one."""
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)


class _Quiet(WSGIRequestHandler):
    # One request a connection: a kept connection would outlive a stop, and an outage would not look like one.
    protocol_version = "HTTP/1.0"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests are kept in `Troubles.seen`, not printed."""
