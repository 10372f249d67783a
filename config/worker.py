"""The Celery app that a worker loads: `celery -A config.worker:app worker --beat`."""

import os
import sys

from config.settings import BadSetting
from config.wiring import worker_app

try:
    app = worker_app(os.environ)
except BadSetting as bad:
    sys.exit(f"guestpay: {bad}")
