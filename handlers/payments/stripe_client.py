"""The one way to Stripe: a client that gives up in time, and its errors in our two words (RULES M7)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import requests
import stripe

from bot.errors import Refused, Unavailable

# Seconds for Stripe's answer. A turn has 15 s in all (RULES T3) and says "one moment" after three; work that nobody
# waits for stays under eight with the second that connecting may take (M7; the SDK's own default is 80).
QUICK = 3.0
PATIENT = 7.0
_CONNECT = 1.0


class Slow(Unavailable):
    """Stripe did not answer in time. It may have done what was asked: ask again with the same idempotency key."""


class Spoiled(Unavailable):
    """Stripe broke, and keeps that answer for the idempotency key (M7): only another key gets another answer."""


class NotThere(Refused):
    """Stripe has no such object."""


def client(
    api_key: str, api_base: str | None, timeout: float, network: requests.Session | None = None
) -> stripe.StripeClient:
    """A client that waits `timeout` seconds for an answer and never tries twice. `api_base` None is Stripe itself.

    `network` takes the place of the real one: all requests go through this session.
    """
    stripe.enable_telemetry = False
    logging.getLogger("stripe").setLevel(logging.CRITICAL)  # it logs parameters and the address of links
    return stripe.StripeClient(
        api_key,
        http_client=stripe.RequestsClient(timeout=(min(_CONNECT, timeout), timeout), session=network),
        max_network_retries=0,
        base_addresses={"api": api_base.rstrip("/")} if api_base else {},
    )


def is_live(api_key: str) -> bool:
    """Whether the key moves real money (`sk_live_`, `rk_live_`)."""
    return api_key.startswith(("sk_live_", "rk_live_"))


@contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's errors into Unavailable (Slow, Spoiled) and Refused (NotThere).

    The SDK's own error is left behind: it carries Stripe's answer, which may hold what no log may show.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise _translation(error) from None


def _translation(error: stripe.StripeError) -> Unavailable | Refused:
    status = error.http_status
    if isinstance(error, stripe.APIConnectionError):
        late = isinstance(error.__cause__, requests.Timeout)
        return Slow("Stripe is slow") if late else Unavailable("Stripe is away")
    if status is None or status in (409, 429):  # 409: the same key is being worked on at this moment
        return Unavailable(f"Stripe answered {status}")
    if status >= 500:
        return Spoiled(f"Stripe answered {status}")
    return (NotThere if status == 404 else Refused)(f"stripe {status} {error.code or ''}".rstrip())
