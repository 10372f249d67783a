"""A mail server for tests: aiosmtpd, that keeps what comes and answers as it is told."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class PostOffice:
    """`answers` holds what to say to a command instead of yes; "hang up" breaks the connection."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self.secure: list[bool] = []
        self.logins: list[tuple[str, str]] = []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250") or answer == "hang up":
            message = message_from_bytes(envelope.original_content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.mails.append(message)
            self.recipients.extend(envelope.rcpt_tos)
            self.secure.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        if answer == "hang up":
            server.transport.abort()
        return answer

    def login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"p@ss word", handled=False)

    def only(self) -> EmailMessage:
        (mail,) = self.mails
        return mail


@contextmanager
def opened(tls: Path | None = None, at_once: bool = False, **options: Any) -> Iterator[PostOffice]:
    """An open post office; with `tls` it offers STARTTLS, or, `at_once`, speaks TLS from the first byte."""
    office = PostOffice()
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
    started = Event()
    ending: list[Callable[[], object]] = []

    async def serve() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def answer() -> SMTP:
            offered = None if at_once else context
            return SMTP(office, loop=loop, tls_context=offered, authenticator=office.login, **options)

        async with await loop.create_server(answer, "127.0.0.1", 0, ssl=context if at_once else None) as server:
            office.port = server.sockets[0].getsockname()[1]
            ending.append(lambda: loop.call_soon_threadsafe(over.set))
            started.set()
            await over.wait()

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield office
    finally:
        for end in ending:
            end()
        thread.join()


def certificate(folder: Path) -> Path:
    """A file with a key and a certificate for this machine that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
