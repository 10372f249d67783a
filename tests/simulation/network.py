"""The way to Stripe and Twilio: the SDKs' own HTTP sessions, with the sandbox's app where the network would be."""

from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from sandbox.in_process import session_to

if TYPE_CHECKING:
    from tests.simulation.process import Process

STRIPE, TWILIO = "http://stripe.example", "http://twilio.example"
_BROKEN = b'{"error": {"type": "api_error", "message": "An unknown error occurred."}, "code": 20500, "status": 500}'
_PATIENCE = {"stripe": 6.0, "twilio": 4.0}  # seconds that a slow answer costs


def session_of(process: "Process") -> requests.Session:
    """How a process reaches Stripe and Twilio."""
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    for name, base in (("stripe", STRIPE), ("twilio", TWILIO)):
        session.mount(base, _Wire(name, process))
    return session


class _Wire(BaseAdapter):
    """Carries requests to one counterpart, with mishaps before and after."""

    def __init__(self, name: str, process: "Process") -> None:
        super().__init__()
        self._name = name
        self._process = process
        self._sandbox = session_to(process.world.sandbox.app).get_adapter(STRIPE)

    def send(self, request: requests.PreparedRequest, *_args: Any, **_more: Any) -> requests.Response:
        """One request."""
        process, world = self._process, self._process.world
        process.alive()
        what = f"{self._name} {request.method} {(request.path_url or '').split('?')[0]}"
        world.law.asked(process, self._name, request)
        world.meanwhile(what)
        mishap = world.strike(self._name)
        self._before(mishap)
        answer = self._sandbox.send(request)
        world.law.answered(self._name, request, answer)
        world.meanwhile(what)
        process.alive()
        self._after(mishap, answer)
        return answer

    def close(self) -> None:
        """Nothing is open."""

    def _before(self, mishap: str) -> None:
        match mishap:
            case "unreachable":
                pool = HTTPConnectionPool("nowhere")
                refused = NewConnectionError(pool, "refused")  # type: ignore[arg-type]
                raise requests.ConnectionError(MaxRetryError(pool, "/", refused))
            case "cut before":
                raise requests.ConnectionError("reset by peer")
            case "slow before":
                self._wait()
            case "500 before" | "429":
                self._process.world.sandbox.fail_next(self._name, status=int(mishap[:3]))
            case "died before":
                self._process.die()

    def _after(self, mishap: str, answer: requests.Response) -> None:
        match mishap:
            case "500 after":
                answer.status_code, answer.raw = 500, BytesIO(_BROKEN)
            case "cut after":
                raise requests.ConnectionError("reset by peer")
            case "slow after":
                self._wait()
            case "died after":
                self._process.die()

    def _wait(self) -> None:
        self._process.world.clock.pass_time(seconds=_PATIENCE[self._name])
        raise requests.ReadTimeout("too slow")


def form_of(request: requests.PreparedRequest) -> dict[str, str]:
    """The fields of a request's urlencoded body."""
    body = request.body or b""
    text = body.decode() if isinstance(body, bytes) else body
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
