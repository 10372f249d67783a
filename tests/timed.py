"""A sandbox that lives at the time of the test: what happens at Stripe and Twilio is dated by the test's own clock."""

from typing import Any

from sandbox.server import Sandbox
from tests.fakes import FakeClock


class TimedSandbox(Sandbox):
    """Takes what `Sandbox` takes. Whoever has another clock sets `clock`, before or after the start."""

    def __init__(
        self, app_url: str, twilio_sid: str, twilio_token: str, stripe_key: str, webhook_secret: str, **more: Any
    ) -> None:
        self.clock = FakeClock()
        shared = (app_url, twilio_sid, twilio_token, stripe_key, webhook_secret)
        super().__init__(*shared, clock=lambda: self.clock.now().timestamp(), **more)
