"""Stripe's signature on a webhook (RULES M6, S5).

The SDK's own check takes any time in the future, and raises several kinds of error on odd input; this one is stricter.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

# Stripe's own tolerance. It signs anew at every try, so that an older one is a replay or a clock that is wrong.
TOLERANCE_SECONDS = 300

_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


def fault(body: bytes, header: str | None, secrets: Sequence[str], now: datetime) -> str | None:
    """What is wrong with a request's signature in a few fixed words, or None if one of our secrets made it.

    Only scheme `v1` counts. The age may be 300 s at most, in both directions.
    """
    if not header:
        return "no signature"
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    given = [value.encode() for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not given:
        return "malformed signature"
    signed = times[0].encode() + b"." + body
    ours = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode() for secret in secrets]
    # Every pair is compared, so that the time tells nothing about which one fitted.
    if not any([hmac.compare_digest(one, other) for one in ours for other in given]):
        return "wrong signature"
    if abs(now.timestamp() - int(times[0])) > TOLERANCE_SECONDS:
        return "signature too old or too new"
    return None
