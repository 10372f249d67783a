"""The Flask app that gunicorn and the flask command load."""

import os
import sys

from config.settings import BadSetting
from config.web import web_app

try:
    app = web_app(os.environ)
except BadSetting as bad:
    sys.exit(f"guestpay: {bad}")
