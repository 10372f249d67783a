"""Mail to a real SMTP server."""

import socket
import ssl
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.errors import Refused, Unavailable
from handlers.mail.smtp import SmtpMail
from handlers.outbox.parcel import Delivery, Unsure
from tests.fakes import FakeClock
from tests.mail.post_office import PostOffice, opened
from tests.outbox.parcels import NOW, UTILITIES, delivery

SUBJECT = "Your receipt from Prairie Light & Gas"
TEXT = "Thank you, Ana.\nYou paid $84.20.\n¿Preguntas? Señor Núñez: +1 217 555 0111.\n"


def mail_to(recipient: str = "ana@example.org", **other: str) -> Delivery:
    body = {"subject": SUBJECT, "text": TEXT} | other
    return delivery(12, kind="email", recipient=recipient, body=body)


def sender(port: int, login: str = "", scheme: str = "smtp", tls: ssl.SSLContext | None = None) -> SmtpMail:
    return SmtpMail(f"{scheme}://{login}127.0.0.1:{port}", UTILITIES, FakeClock(), tls)


def test_a_mail_arrives_as_plain_text_from_the_utility(office: PostOffice) -> None:
    sender(office.port).carry(mail_to())
    mail = office.only()
    assert office.recipients == ["ana@example.org"]
    assert (mail["From"], mail["To"], mail["Subject"]) == ("pay@prairie.example", "ana@example.org", SUBJECT)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert mail.get_content().splitlines() == TEXT.splitlines()
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_mail_sent_again_has_the_same_id(office: PostOffice) -> None:
    for _ in range(2):
        sender(office.port).carry(mail_to())
    assert [mail["Message-ID"] for mail in office.mails] == ["<guestpay-12@prairie.example>"] * 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.text(some.characters(exclude_categories=["Cs", "Cc"])), some.text(some.sampled_from("a\r\n.:ñ B")))
def test_whatever_the_words_there_is_one_mail_to_one_person_with_our_headers(
    office: PostOffice, subject: str, text: str
) -> None:
    before = len(office.mails)
    sender(office.port).carry(mail_to(subject=f"{subject}\r\nBcc: eve@example.org", text=text))
    assert len(office.mails) == before + 1
    assert set(office.recipients) == {"ana@example.org"}
    assert office.mails[-1]["Bcc"] is None
    assert office.mails[-1].get_content().split() == text.split()


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "ana",
        "ana@example.org, eve@example.org",
        "ana@example.org\r\nBcc: eve@example.org",
        "ana@example.org>\r\nRCPT TO:<eve@example.org",
        "Ana <ana@example.org>",
        "ána@example.org",
        "ana@",
    ],
)
def test_what_is_not_one_plain_address_is_refused(office: PostOffice, recipient: str) -> None:
    with pytest.raises(Refused, match="not an email address"):
        sender(office.port).carry(mail_to(recipient))
    assert office.mails == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "expected"), [("450 later", Unavailable), ("550 no such user", Refused)])
def test_a_no_for_now_is_told_from_a_no_for_good(
    office: PostOffice, command: str, answer: str, expected: type[Exception]
) -> None:
    office.answers[command] = answer
    with pytest.raises(expected, match=f"smtp {answer[:3]}"):
        sender(office.port).carry(mail_to())


def test_a_refusal_does_not_repeat_what_the_server_said(office: PostOffice) -> None:
    office.answers["RCPT"] = "550 no such user ana@example.org"
    with pytest.raises(Refused) as refusal:
        sender(office.port).carry(mail_to())
    assert "ana" not in str(refusal.value)


def test_a_connection_lost_after_the_mail_leaves_it_unsure(office: PostOffice) -> None:
    office.answers["DATA"] = "hang up"
    with pytest.raises(Unsure):
        sender(office.port).carry(mail_to())


def test_without_a_server_it_is_for_later() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, but nobody listens
        with pytest.raises(Unavailable):
            sender(closed.getsockname()[1]).carry(mail_to())


def test_a_server_that_hangs_up_before_the_mail_is_for_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        rude = Thread(target=lambda: server.accept()[0].close())
        rude.start()
        with pytest.raises(Unavailable):
            sender(server.getsockname()[1]).carry(mail_to())
        rude.join()


Identity = tuple[Path, ssl.SSLContext]


def test_where_tls_is_offered_the_mail_goes_by_it(identity: Identity) -> None:
    with opened(tls=identity[0]) as office:
        sender(office.port, tls=identity[1]).carry(mail_to())
    assert office.secure == [True]


def test_tls_from_the_first_byte(identity: Identity) -> None:
    with opened(tls=identity[0], at_once=True) as office:
        sender(office.port, scheme="smtps", tls=identity[1]).carry(mail_to())
    assert office.secure == [True]


def test_a_server_that_is_not_who_it_says_gets_no_mail(identity: Identity) -> None:
    with opened(tls=identity[0]) as office, pytest.raises(Unavailable):
        sender(office.port).carry(mail_to())
    assert office.mails == []


def test_user_and_password_come_out_of_the_url(identity: Identity) -> None:
    with opened(tls=identity[0], auth_required=True) as office:
        sender(office.port, "guest%40pay:p%40ss%20word@", tls=identity[1]).carry(mail_to())
    assert office.logins == [("guest@pay", "p@ss word")]
    assert len(office.mails) == 1


def test_a_wrong_password_is_ours_to_mend_and_the_mail_waits(identity: Identity) -> None:
    with opened(tls=identity[0]) as office, pytest.raises(Unavailable, match="password"):
        sender(office.port, "guest:wrong@", tls=identity[1]).carry(mail_to())


def test_a_password_never_goes_out_without_tls() -> None:
    with opened(auth_require_tls=False) as office, pytest.raises(Unavailable, match="no TLS"):
        sender(office.port, "guest:secret@").carry(mail_to())
    assert office.logins == []
