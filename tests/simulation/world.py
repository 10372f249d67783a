"""The simulated world: one clock, one chance, the sandbox for Stripe, Twilio and the banks, and our processes.

Everything happens in one thread. While a process waits for something, others may go on: they are run inside that wait,
so that every interleaving of waits can come about, and the same seed brings it about again.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from config.settings import Settings
from sandbox.calling import Answer
from sandbox.server import Sandbox
from tests.fakes import FakeClock
from tests.simulation.chance import Dealt
from tests.simulation.law import Law
from tests.simulation.mishaps import Died, Mishaps
from tests.simulation.network import STRIPE, TWILIO
from tests.simulation.process import Process
from tests.simulation.redis_stand_in import Redis
from tests.simulation.shelf import DEEPEST, Shelf

BASE, SID, TOKEN = "https://pay.example", "AC" + "0" * 32, "simulated-auth-token"
NUMBER = "+12175550100"
BEGINNING = FakeClock().now()
STRIPE_KEY, WEBHOOK_SECRET = "sk_test_simulated", "whsec_simulated"
# Stripe comes again for three days, ever more seldom; the last of these repeats.
RETRIES = (60.0, 300.0, 1800.0, 3600.0, 7200.0, 21600.0)
Result = TypeVar("Result")


class World:
    """What one history plays in. `policy` is what the utility does with what nobody owed (credit, refund).

    `step` is set by whoever plays: something that may happen at any time.
    """

    def __init__(self, seed: int, shelf: Shelf, policy: str) -> None:
        self.dice = random.Random(seed)
        self.shelf = shelf
        self.policy = policy
        self.clock = FakeClock()
        self.chance = Dealt(seed)
        self.mishaps = Mishaps(self.dice)
        self.trace: list[str] = []
        self.deeds: Counter[str] = Counter()
        self.step: Callable[[], None] = lambda: None
        self.interruptions = 0
        self._waiting: list[Process] = []
        self._processes: dict[int, Process] = {}
        self.sandbox = Sandbox(
            BASE, SID, TOKEN, STRIPE_KEY, WEBHOOK_SECRET,
            clock=lambda: self.clock.now().timestamp(), chance=random.Random(seed + 1), by_hand=True, call=self._call,
            retry_delays=RETRIES,
        )  # fmt: skip
        self.settings = Settings(
            public_base_url=BASE,
            redis_url="redis://127.0.0.1:9",
            database_url=shelf.url,
            secret_keys=(b"k" * 32,),
            twilio_account_sid=SID,
            twilio_auth_tokens=(TOKEN,),
            twilio_api_base=TWILIO,
            stripe_api_key=STRIPE_KEY,
            stripe_webhook_secrets=(WEBHOOK_SECRET,),
            stripe_api_base=STRIPE,
            session_ttl_seconds=900,
            utilities=shelf.utilities(policy),
            smtp_url=None,
            metrics_token=None,
            port=8000,
        )
        self.redis = Redis(self)
        self.law = Law(self)

    def log(self, line: str) -> None:
        """Write down what happened; deeper what happened while somebody waited."""
        self.trace.append(f"{self.clock.now():%m-%d %H:%M:%S.%f} {'  ' * len(self._waiting)}{line}")

    def did(self, deed: str, about: object = "") -> None:
        """Write down what somebody did, and count it."""
        self.deeds[deed] += 1
        self.log(f"{deed} {about}".rstrip())

    def strike(self, point: str) -> str:
        """The mishap that strikes here, mostly none."""
        mishap = self.mishaps.at(point)
        if mishap:
            self.log(f"mishap: {point}: {mishap}")
        return mishap

    def at_work(self, job: Callable[[Process], Result]) -> Result | None:
        """Have a process do something. None if it died over it: the next one is made anew."""
        depth = len(self._waiting)
        process = self._processes.get(depth)
        if process is None:
            process = self._processes[depth] = Process(self, self.shelf.engines[depth])
        self._waiting.append(process)
        try:
            return job(process)
        except Died:
            self.log("the process dies")
            return None
        finally:
            self._waiting.pop()
            if process.dead:
                del self._processes[depth]
                process.close()

    def meanwhile(self, where: str) -> None:
        """Perhaps let something else happen while a process waits here. None of those that wait hold SQL up."""
        idle = not any(process.transactions for process in self._waiting)
        if idle and 0 < len(self._waiting) <= DEEPEST and self.mishaps.meanwhile():
            self.log(f"meanwhile ({where}):")
            self.interruptions += 1
            self.step()

    def _call(self, method: str, url: str, body: bytes, headers: dict[str, str], _timeout: float) -> Answer:
        """How Stripe and Twilio reach us."""
        path = url.removeprefix(BASE)
        mishap = self.strike("post")
        if mishap == "lost before":
            return Answer(0, fault="lost on the way")
        for _ in range(2 if mishap == "twice" else 1):
            answer = self._request(method, path, body, headers)
        return Answer(0, fault="the answer was lost") if mishap == "lost after" else answer

    def _request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        response = self.at_work(lambda one: one.web.open(path, method=method, data=body, headers=headers))
        if response is None:
            return Answer(0, fault="the server is gone")
        self.law.served(path, response)
        self.log(f"{method} {path.split('?')[0]}: {response.status_code}")
        return Answer(response.status_code, response.headers.get("Content-Type", ""), response.get_data())

    def close(self) -> None:
        """Let go of everything."""
        self.law.close()
        for process in self._processes.values():
            process.close()
