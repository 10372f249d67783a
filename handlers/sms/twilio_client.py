"""Twilio's own client, with time limits, no retries, no word in the logs, and another server if a setting says so."""

import logging
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

_CONNECTIONS = 16  # more than a worker's threads: none waits for another


def client(
    account_sid: str,
    auth_token: str,
    api_base: str | None = None,
    timeout: float = 5.0,
    network: requests.Session | None = None,
) -> Client:
    """Twilio's REST client. `timeout` is seconds for connecting and waiting together (RULES M7).

    `api_base`, such as "http://127.0.0.1:4010", takes the place of Twilio's own address. Network errors come out as
    those of `requests`. `network` takes the place of the real one: all requests go through this session.
    """
    # At DEBUG it logs the path and query of each request, and looking up a text has a phone number in its query.
    logging.getLogger("urllib3").setLevel(logging.INFO)
    return Client(account_sid, auth_token, http_client=_Http(api_base, timeout, network or _pooled()))


def _pooled() -> requests.Session:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0))
    return session


class _Http(HttpClient):  # type: ignore[misc]  # the SDK has no types
    """What the client speaks through: a pool of connections. A request is made once, whatever happens.

    The SDK's own logs every parameter, and keeps the last request of all in memory.
    """

    def __init__(self, api_base: str | None, timeout: float, session: requests.Session) -> None:
        super().__init__(logging.getLogger(__name__), False, timeout)
        self._base = urlsplit(api_base) if api_base else None
        self.session = session

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request: three tenths of the time are for connecting, the rest for waiting."""
        seconds = timeout or self.timeout
        limits = (seconds * 0.3, seconds * 0.7)
        sending: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        answer = self.session.request(
            method, self._moved(uri), **sending, timeout=limits, allow_redirects=allow_redirects
        )
        return Response(answer.status_code, answer.text, answer.headers)

    def _moved(self, uri: str) -> str:
        if self._base is None:
            return uri
        parts = urlsplit(uri)
        return urlunsplit(parts._replace(scheme=self._base.scheme, netloc=self._base.netloc))
