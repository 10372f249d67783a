"""Calls the program over HTTP, as Stripe and Twilio do: no redirects, no proxies, a time limit."""

from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `fault` says in words why nothing did; then `status` is 0."""

    status: int
    content_type: str = ""
    body: bytes = b""
    fault: str = ""

    @property
    def good(self) -> bool:
        """Whether it was a 2xx."""
        return 200 <= self.status < 300


# Method, address, body, headers, seconds to wait. Whatever goes wrong is an `Answer` with a fault, never an exception.
Call = Callable[[str, str, bytes, dict[str, str], float], Answer]


def call(method: str, url: str, body: bytes, headers: dict[str, str], timeout: float) -> Answer:
    """One request over the network."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheader("Content-Type", ""), response.read())
    except (OSError, HTTPException) as fault:
        return Answer(0, fault=f"{type(fault).__name__}: {fault}")
    finally:
        connection.close()
