"""A small application for gunicorn to serve: the console, hardened, and one turn that counts itself."""

import os
import sys

from flask import Flask
from prometheus_client import CollectorRegistry

from handlers.console.health import health_routes
from handlers.console.logs import set_up_logging
from handlers.console.metrics import Metrics
from handlers.edge import harden
from handlers.world import SystemChance


def app() -> Flask:
    set_up_logging(sys.stderr)
    made = Flask("guestpay")
    metrics = Metrics(CollectorRegistry(), os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    made.register_blueprint(health_routes({}, metrics.text))

    @made.route("/p/<token>", methods=["GET", "POST"])
    def turn(token: str) -> str:
        metrics.turn("pay_bill", "amount")
        return ""

    harden(made, SystemChance(), metrics.refused)
    return made
