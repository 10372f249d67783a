"""A Twilio that answers what a test tells it to, and keeps every request. On a socket: the SDK is the real one."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SID = "SM" + "b" * 32
ACCOUNT = "AC" + "0" * 32

HANG_UP = (0, {})
SILENCE = (-1, {})


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    authorization: str


class StandIn:
    """`answers` are given in their order, the last one again and again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[tuple[int, dict[str, Any]]] = [(201, {"sid": SID})]
        self.requests: list[Request] = []
        self.over = Event()

    def next(self) -> tuple[int, dict[str, Any]]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """A stand-in that listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            form = dict(parse_qsl(body, keep_blank_values=True))
            query = dict(parse_qsl(parts.query))
            made.requests.append(Request(self.command, parts.path, query, form, self.headers["Authorization"]))
            status, answer = made.next()
            if (status, answer) == SILENCE:
                made.over.wait(30)
            if status <= 0:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            words = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    made = StandIn(f"http://127.0.0.1:{server.server_port}")
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
