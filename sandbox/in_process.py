"""The way between the program and the sandbox inside one process: no socket, no thread, no waiting."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from werkzeug.test import Client

from sandbox.calling import Answer, Call

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def call_to(app: "WSGIApplication") -> Call:
    """How the sandbox reaches a program that is a WSGI app here. An OSError that comes out of it is a fault."""
    client = Client(app, use_cookies=False)

    def call(method: str, url: str, body: bytes, headers: dict[str, str], _timeout: float) -> Answer:
        try:
            response = client.open(url, method=method, data=body, headers=headers)
        except OSError as fault:
            return Answer(0, fault=f"{type(fault).__name__}: {fault}")
        return Answer(response.status_code, response.headers.get("Content-Type", ""), response.get_data())

    return call


def session_to(app: "WSGIApplication") -> requests.Session:
    """How the vendors' SDKs, which speak through `requests`, reach a sandbox here, whatever the address.

    A lost answer is requests.ConnectionError, a slow one requests.ReadTimeout, as over a network.
    """
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", _Adapter(app))
    session.mount("https://", _Adapter(app))
    return session


class _Adapter(BaseAdapter):
    def __init__(self, app: "WSGIApplication") -> None:
        super().__init__()
        self._client = Client(app, use_cookies=False)

    def send(self, request: requests.PreparedRequest, *_: Any, **_more: Any) -> requests.Response:
        try:
            answer = self._client.open(
                request.url, method=request.method, data=request.body or b"", headers=dict(request.headers)
            )
        except TimeoutError as fault:
            raise requests.ReadTimeout(fault, request=request) from None
        except ConnectionError as fault:
            raise requests.ConnectionError(fault, request=request) from None
        raw = HTTPResponse(BytesIO(answer.get_data()), dict(answer.headers), answer.status_code, preload_content=False)
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """Nothing was opened."""
