"""Catches the mail that goes out by SMTP, and shows it at `/mail`."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP
from flask import Blueprint, abort, render_template


@dataclass(frozen=True, slots=True)
class Caught:
    """A message, and to whom the envelope said it should go."""

    to: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.message.get_body(("plain", "html"))
        return str(part.get_content()) if part else ""


class MailCatcher:
    """An SMTP server that delivers nothing. `mails` has all that came, oldest first."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[Caught] = []
        self.refusing = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take one message in, by SMTP."""
        return self.take(envelope.rcpt_tos, envelope.original_content)

    def take(self, to: Sequence[str], content: bytes) -> str:
        """Take one message in, unless `refusing` holds the SMTP answer to refuse it with. Returns SMTP's answer."""
        if self.refusing:
            return self.refusing
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(Caught(tuple(to), message))
        return "250 OK"

    def start(self) -> None:
        """Listen, in a thread with an event loop of its own. Raises OSError if the port is taken."""
        started: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), name="mail", daemon=True)
        self._thread.start()
        self.port = started.result()

    def stop(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    async def _serve(self, started: "Future[int]") -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await self._loop.create_server(self._session, "127.0.0.1", self.port)
        except OSError as fault:
            started.set_exception(fault)
            return
        started.set_result(server.sockets[0].getsockname()[1])
        await self._ended.wait()
        server.close()

    def _session(self) -> SMTP:
        return SMTP(self, loop=self._loop, enable_SMTPUTF8=True)


def mail_pages(catcher: MailCatcher) -> Blueprint:
    """The blueprint of `/mail`."""
    routes = Blueprint("mail", __name__)

    @routes.get("/mail")
    def index() -> str:
        return render_template("mail.html", mails=list(enumerate(catcher.mails))[::-1], here="mail")

    @routes.get("/mail/<int:number>")
    def one(number: int) -> str:
        if number >= len(catcher.mails):
            abort(404)
        return render_template("mail_one.html", mail=catcher.mails[number], here="mail")

    return routes
