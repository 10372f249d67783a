"""The small parts: segments, TwiML, mail, seed, the demo's commands."""

import smtplib
import socket
import subprocess
import sys
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sandbox import demo, demo_commands, seed, segments, twiml
from sandbox.cast import HOLDERS, OWNERS
from sandbox.children import Children, Died
from sandbox.server import Sandbox, options
from tests.sandbox.oracles import oracle_json

TODAY = date(2026, 11, 22)


def test_segments_are_counted_as_twilio_counts_them() -> None:
    vectors = oracle_json("gsm-segments/twilio-segments.json")["vectors"]
    sent = [(vector.get("sent") or vector["body"], vector["segments"]) for vector in vectors]
    assert [(body, count, segments.count(body)) for body, count in sent if segments.count(body) != count] == []


@pytest.mark.parametrize(
    ("document", "bodies"),
    [
        (b"", []),
        (b"<Response/>", []),
        (b"<Response><Message>Hi &amp; bye</Message></Response>", ["Hi & bye"]),
        (b"<Response><Message><Body>One</Body></Message><Message>Two</Message></Response>", ["One", "Two"]),
    ],
)
def test_twiml_is_read(document: bytes, bodies: list[str]) -> None:
    assert [said.body for said in twiml.parse(document)] == bodies


@pytest.mark.parametrize("document", [b"Hi", b"<Hi/>", b"<Response><Say>Hi</Say></Response>"])
def test_wrong_twiml_is_an_error(document: bytes) -> None:
    with pytest.raises(ValueError, match="12"):
        twiml.parse(document)


def test_mail_is_caught_and_shown(sandbox: Sandbox) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Su llave", "a@example.com", "ida@example.com"
    message.set_content("Su llave es 123456. ¡Gracias!")
    with smtplib.SMTP("127.0.0.1", sandbox.mail.port, timeout=5) as smtp:
        smtp.send_message(message)
    caught = sandbox.mail.mails[0]
    assert caught.to == ("ida@example.com",)
    assert caught.text.strip() == "Su llave es 123456. ¡Gracias!"
    assert "Su llave" in requests.get(f"{sandbox.url}/mail", timeout=5).text
    assert "¡Gracias!" in requests.get(f"{sandbox.url}/mail/0", timeout=5).text


def test_the_phone_page_names_its_owners(sandbox: Sandbox) -> None:
    page = requests.get(sandbox.url, timeout=5).text
    assert all(owner.phone in page for owner in OWNERS)


def test_a_number_that_is_none_is_not_texted_from(sandbox: Sandbox) -> None:
    asked = {"phone": "217", "body": "PAY"}
    assert requests.post(f"{sandbox.url}/phone/text", json=asked, timeout=5).status_code == 400


def bills_by_account(today: date) -> dict[str, list[tuple[str, ...]]]:
    bills: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for holder in HOLDERS:
        bills[holder.number] += seed.bill_rows(holder, today)
    return bills


def test_everybody_owes_what_the_cast_says() -> None:
    bills = bills_by_account(TODAY)
    assert {number: rows[-1][6] for number, rows in bills.items()} == {one.number: one.owed for one in HOLDERS}


def test_the_same_day_gives_the_same_files(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    for folder in (one, two):
        folder.mkdir()
        seed.write(folder, TODAY)
    assert (one / "bills.csv").read_bytes() == (two / "bills.csv").read_bytes()


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_on_any_day_anas_bill_is_still_to_come_due_and_thirteen_months_join(today: date) -> None:
    for rows in bills_by_account(today).values():
        assert len(rows) == 13
        for before, after in pairwise(rows):
            assert date.fromisoformat(before[2]) + timedelta(days=1) == date.fromisoformat(after[1])
    latest = bills_by_account(today)["0012345678"][-1]
    assert today < date.fromisoformat(latest[4])
    assert date.fromisoformat(latest[3]) <= today
    assert Decimal(latest[7]) == 0


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_what_is_past_due_was_on_the_bill_before(today: date) -> None:
    for rows in bills_by_account(today).values():
        for before, after in pairwise(rows):
            assert Decimal(after[7]) in (Decimal(0), Decimal(before[6]))
            assert Decimal(after[6]) >= Decimal(after[7]) or Decimal(after[6]) < 0


def test_the_demos_settings_are_all_there(tmp_path: Path) -> None:
    made = demo_commands.made_up(8000, 6400, 2500, tmp_path)
    assert made["STRIPE_API_BASE"] == made["TWILIO_API_BASE"] == "http://127.0.0.1:8001"
    assert made["PUBLIC_BASE_URL"] == "http://127.0.0.1:8000"
    again = demo_commands.made_up(8000, 6400, 2500, tmp_path)
    assert made["SECRET_KEYS"] != again["SECRET_KEYS"]


def test_settings_in_the_environment_win() -> None:
    given_ = {"REDIS_URL": "redis://mine", "SECRET_KEYS_FILE": "/mine", "HOME": "/home"}
    env, kept = demo_commands.environment(
        given_, {"REDIS_URL": "made up", "SECRET_KEYS": "made up", "SMTP_URL": "made up"}
    )
    assert (env["REDIS_URL"], env["SMTP_URL"], "SECRET_KEYS" in env) == ("redis://mine", "made up", False)
    assert kept == ["REDIS_URL", "SECRET_KEYS"]


def test_the_settings_can_be_read_by_a_shell(tmp_path: Path) -> None:
    path = demo_commands.write_settings(
        tmp_path, {"SECRET_KEYS": "a b'c", "HOME": "/home"}, ["SECRET_KEYS", "UTILITIES"]
    )
    shell = ["sh", "-c", f'. {path}; printf %s "$SECRET_KEYS"']
    assert subprocess.run(shell, capture_output=True, text=True, check=True).stdout == "a b'c"
    assert path.stat().st_mode & 0o077 == 0


def test_own_accounts_and_bills_are_played(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.csv" for name in ("ACCOUNTS", "BILLS")}
    for path in files.values():
        path.touch()
    given_ = {name: str(path) for name, path in files.items()}
    assert demo.data(tmp_path, given_) == tuple(files.values())


def test_accounts_without_bills_are_explained(tmp_path: Path) -> None:
    with pytest.raises(Died, match="go together"):
        demo.data(tmp_path, {"ACCOUNTS": str(tmp_path / "accounts.csv")})


def test_number_and_name_come_from_the_profile(tmp_path: Path) -> None:
    (tmp_path / "riverton.toml").write_text('brand = "Riverton Water"\nnumbers = ["+15415550140"]\n')
    chosen = options([], {"UTILITIES": str(tmp_path)})
    assert (chosen.twilio_number, chosen.merchant) == ("+15415550140", "Riverton Water")


def test_the_sandboxs_options_come_from_the_commands_that_the_demo_starts() -> None:
    given_ = options(demo_commands.world(8001, 2500)[3:])
    assert (given_.port, given_.smtp_port) == (8001, 2500)


def test_every_command_runs_with_this_python(tmp_path: Path) -> None:
    commands = [*demo_commands.preparations(tmp_path / "a", tmp_path / "b"), *demo_commands.servers(tmp_path)]
    assert {command[0] for _, command in commands} == {sys.executable}


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert demo.taken((port,)) == port


def test_a_program_that_fails_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    children = Children(tmp_path, {})
    with pytest.raises(Died, match=r"import ended with code 3(.|\n)*line 9 is wrong"):
        children.run("import", [sys.executable, "-c", "print('line 9 is wrong'); raise SystemExit(3)"])
    assert children.running == []


def test_a_server_that_dies_is_noticed(tmp_path: Path) -> None:
    children = Children(tmp_path, {})
    child = children.start("web", [sys.executable, "-c", "raise SystemExit(1)"])
    child.process.wait()
    with pytest.raises(Died, match="web ended with code 1"):
        children.check()
    children.stop()


def test_stopping_ends_what_the_children_started_too(tmp_path: Path) -> None:
    children = Children(tmp_path, {})
    grandchild = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); s.recv(1)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}, sys.argv[1]])"
        children.start("web", [sys.executable, "-c", script, port])
        connection, _ = server.accept()
        children.stop()
        with connection:
            assert connection.recv(1) == b""
