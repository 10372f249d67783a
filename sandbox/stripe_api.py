"""The part of Stripe's HTTP API that the program uses: `/v1/…`, with keys, request ids and idempotency."""

import re
from dataclasses import dataclass, field
from threading import Lock

from flask import Blueprint, Response, request

from sandbox.setting import Setting
from sandbox.stripe_acts import Operation
from sandbox.stripe_objects import API_VERSION, Thing
from sandbox.stripe_operations import OPERATIONS
from sandbox.stripe_params import StripeError, read
from sandbox.stripe_till import Till
from sandbox.troubles import Trouble, Troubles, as_json

Result = tuple[int, Thing]


@dataclass(slots=True)
class Idempotency:
    """What each Idempotency-Key was used for, and what was answered; the answer is None while it is being made."""

    kept: dict[str, tuple[tuple[str, str, str], Result | None]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def claim(self, key: str) -> Result | None:
        """The stored answer; None makes the caller the one to answer. Raises StripeError for a misuse of the key."""
        asked = (request.method, request.path, request.get_data(as_text=True))
        with self.lock:
            if key not in self.kept:
                self.kept[key] = (asked, None)
                return None
            first, result = self.kept[key]
        if first != asked:
            words = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise StripeError(400, words, kind="idempotency_error")
        if result is None:
            words = f"There is currently another in-progress request using this Idempotency-Key: {key}."
            raise StripeError(409, words, "idempotency_key_in_use", kind="idempotency_error")
        return result

    def finish(self, key: str, result: Result) -> None:
        """Keep what was answered, or, if nothing was carried out (4xx), forget the key."""
        with self.lock:
            if 400 <= result[0] < 500 and result[0] != 402:
                del self.kept[key]
            else:
                self.kept[key] = (self.kept[key][0], result)


def stripe_api(setting: Setting, till: Till, troubles: Troubles) -> Blueprint:
    """The blueprint of `/v1`."""
    routes = Blueprint("stripe_api", __name__)
    idempotency = Idempotency()

    @routes.route("/v1/<path:_rest>", methods=["GET", "POST", "DELETE"])
    def answer(_rest: str) -> Response:
        troubles.note("stripe")
        headers = {
            "Request-Id": setting.mint.id("req_", 14),
            "Stripe-Version": request.headers.get("Stripe-Version", API_VERSION),
        }
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        trouble = troubles.take("stripe")
        try:
            _authenticate(setting.stripe_key)
            earlier = idempotency.claim(key) if key else None
        except StripeError as error:
            return as_json(error.status, error.body(), headers)
        if key:
            headers["Idempotency-Key"] = key
        if earlier:
            return as_json(*earlier, headers | {"Idempotent-Replayed": "true"})
        troubles.wait(trouble)
        result = _result(till, trouble, (headers["Request-Id"], key or None))
        if key:
            idempotency.finish(key, result)
        troubles.leave(trouble)
        return as_json(*result, headers)

    return routes


def _result(till: Till, trouble: Trouble, cause: tuple[str, str | None]) -> Result:
    try:
        operation, ids = _operation()
        encoded = request.query_string.decode() if request.method == "GET" else request.get_data(as_text=True)
        params = read(encoded, operation.shape)
        if trouble.status:
            return trouble.status, trouble.body or _mishap(trouble.status)
        with till.store.lock:
            till.ripen()
            return 200, operation.act(till, params, cause, *ids)
    except StripeError as error:
        return error.status, error.body()


def _operation() -> tuple[Operation, tuple[str, ...]]:
    for operation in OPERATIONS:
        if operation.method == request.method and (match := re.fullmatch(operation.pattern, request.path)):
            return operation, match.groups()
    words = f"Unrecognized request URL ({request.method}: {request.path}). The sandbox has only what the program uses."
    raise StripeError(404, words)


def _authenticate(right: str) -> None:
    given = request.authorization
    key = (given.token or given.username or "") if given else ""
    if not key:
        raise StripeError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )
    if key != right:
        raise StripeError(401, f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}")


def _mishap(status: int) -> Thing:
    if status == 429:
        return StripeError(429, "Too many requests in a short time. Please slow down.", "rate_limit").body()
    if status == 402:
        return StripeError(402, "Your card was declined.", "card_declined", kind="card_error").body()
    return StripeError(status, "An unknown error occurred.", kind="api_error").body()
