"""The Celery app that a worker loads: `celery -A config.worker:app worker --beat`."""

import os
import sys

from config.outbox import worker_app
from config.settings import BadSetting

try:
    app = worker_app(os.environ)
except BadSetting as bad:
    sys.exit(f"guestpay: {bad}")
