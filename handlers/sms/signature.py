"""Who calls: Twilio, or somebody who does not know our auth token (RULES T1)."""

from collections.abc import Sequence

from flask import Request
from twilio.request_validator import RequestValidator

from handlers.edge import refuse
from handlers.sms.form import Form


class Signature:
    """Checks `X-Twilio-Signature` over the public URL and the whole form, with one or two auth tokens (rotation)."""

    def __init__(self, auth_tokens: Sequence[str], public_base_url: str) -> None:
        self._validators = [RequestValidator(token) for token in auth_tokens]
        self._base = public_base_url.rstrip("/")

    def require(self, request: Request, form: Form) -> None:
        """Refuse the request with 403 unless it is signed, for the URL that Twilio was given and the form it sent."""
        signature = request.headers.get("X-Twilio-Signature")
        if not signature:
            refuse(403, "no signature")
        query = request.environ.get("QUERY_STRING", "")
        url = self._base + request.path + ("?" + query if query else "")
        if not self.holds(url, form, signature):
            refuse(403, "signature")

    def holds(self, url: str, form: Form, signature: str) -> bool:
        """Whether any of our tokens made this signature."""
        return any(validator.validate(url, form, signature) for validator in self._validators)
