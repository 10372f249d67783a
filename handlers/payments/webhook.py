"""`POST /stripe/webhook`: prove who called, parse, take the event, answer (RULES M6, S4, S5)."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, request

from bot.errors import Unavailable
from bot.ports import Clock
from handlers.edge import refuse
from handlers.payments.event import Event, Malformed, parse
from handlers.payments.signature import fault

LARGEST = 1_048_576


def webhook_routes(take: Callable[[Event], None], secrets: Sequence[str], clock: Clock) -> Blueprint:
    """The blueprint. `take` is `Events.take`; each of `secrets` may have signed. Raises ValueError without a secret.

    What was not signed or is no event gets a 400 and one log line; what we could not settle now gets a 503, so that
    Stripe comes again; all the rest gets a 200, also what means nothing to us.
    """
    if not secrets or not all(secret.strip() for secret in secrets):
        raise ValueError("a webhook needs a secret")
    routes = Blueprint("stripe_webhook", __name__)

    @routes.post("/stripe/webhook")
    def webhook() -> Response:
        request.max_content_length = LARGEST
        body = request.get_data(cache=False)
        if wrong := fault(body, request.headers.get("Stripe-Signature"), secrets, clock.now()):
            refuse(400, wrong)
        try:
            take(parse(body))
        except Malformed:
            refuse(400, "not an event")
        except Unavailable:
            refuse(503, "unavailable")
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    return routes
