"""Mail out, by SMTP: plain text to one person."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import SplitResult, unquote, urlsplit

from bot.errors import Refused, Unavailable
from bot.ports import Clock
from bot.utility import Utility
from handlers.outbox.parcel import Delivery, Parcel, Unsure

_SECONDS = 5.0  # for each step of the exchange; a lease in the outbox outlasts all of them together
_SEVEN_BIT = SMTP.clone(cte_type="7bit")  # no server needs to know any extension to take it


class SmtpMail:
    """Carries parcels of kind "email".

    `smtp_url` is `smtp://host:port`, or `smtps://host:port` with TLS from the first byte; either with `user:password@`.
    STARTTLS is used where it is offered; a password never goes out without TLS. A mail whose answer was lost is sent
    again with the same Message-ID, by which mailboxes know it as one: better twice than never.
    """

    def __init__(
        self, smtp_url: str, utilities: Mapping[str, Utility], clock: Clock, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = urlsplit(smtp_url)
        self._utilities = utilities
        self._clock = clock
        self._tls = tls or ssl.create_default_context()

    def carry(self, delivery: Delivery) -> None:
        """Send the mail. Raises Unavailable (not sent), Unsure (may have been sent) or Refused (for good)."""
        sender = MailAddress(addr_spec=self._utilities[delivery.parcel.utility].email_from)
        recipient = _recipient(delivery.parcel)
        message = self._message(delivery, sender, recipient)
        with self._greeted(sender.domain) as server:
            with _refusals():
                _accepted(*server.mail(sender.addr_spec))
                _accepted(*server.rcpt(recipient.addr_spec))
            try:
                code, _ = server.data(message.as_bytes())
            except smtplib.SMTPDataError as error:  # before a byte of the mail
                raise _no(error.smtp_code) from None
            except (OSError, smtplib.SMTPException):
                raise Unsure("the mail server's answer was lost") from None
            _accepted(code, b"")

    def _message(self, delivery: Delivery, sender: MailAddress, recipient: MailAddress) -> EmailMessage:
        message = EmailMessage(policy=_SEVEN_BIT)
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = " ".join(delivery.parcel.body["subject"].split())
        message["Date"] = self._clock.now()
        message["Message-ID"] = f"<guestpay-{delivery.id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers (RFC 3834)
        message.set_content(delivery.parcel.body["text"])
        return message

    @contextmanager
    def _greeted(self, domain: str) -> Iterator[smtplib.SMTP]:
        """A connection that is ready for mail, closed again afterwards."""
        with _refusals():
            server = _connect(self._server, domain, self._tls)
        try:
            with _refusals():
                self._prepare(server)
            yield server
            with suppress(OSError, smtplib.SMTPException):  # the mail is on its way; how they part does not matter
                server.quit()
        finally:
            server.close()

    def _prepare(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        secure = self._server.scheme == "smtps"
        if not secure and server.has_extn("starttls"):
            _accepted(*server.starttls(context=self._tls))
            server.ehlo_or_helo_if_needed()
            secure = True
        if self._server.username:
            if not secure:
                raise Unavailable("the mail server offers no TLS for the password")
            server.login(unquote(self._server.username), unquote(self._server.password or ""))


def _connect(url: SplitResult, domain: str, tls: ssl.SSLContext) -> smtplib.SMTP:
    # The name we greet with is given: looking up our own can take longer than everything else.
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(url.hostname or "", url.port or 465, domain, timeout=_SECONDS, context=tls)
    return smtplib.SMTP(url.hostname or "", url.port or 25, domain, timeout=_SECONDS)


def _recipient(parcel: Parcel) -> MailAddress:
    """Exactly one address, that needs no extension of the server."""
    try:
        address = MailAddress(addr_spec=parcel.recipient or "")
        address.addr_spec.encode("ascii")
    except (MessageError, ValueError, IndexError):
        raise Refused("not an email address") from None
    return address


def _accepted(code: int, _words: bytes) -> None:
    if not 200 <= code < 300:
        raise _no(code)


def _no(code: int) -> Exception:
    """4xx: later; 5xx: for good (RFC 5321, 4.2.1). The server's words are left out: they may name the person."""
    return Refused(f"smtp {code}") if code >= 500 else Unavailable(f"smtp {code}")


@contextmanager
def _refusals() -> Iterator[None]:
    """Errors from before the mail itself: nothing was sent. Also a refused password: that is ours to mend."""
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise Unavailable("the mail server refuses our password") from None
    except (OSError, smtplib.SMTPException):
        raise Unavailable("the mail server cannot be reached") from None
