"""Measures Guestpay beside its floor, the two taking turns: `python -m bench.run [--keep]`. It takes some minutes."""

import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import select

from bench import ledger
from bench.figures import P99, THROUGHPUT, Kind, table, together
from bench.house import ROOT, House, house
from bench.inside import commands_a_turn, memory
from bench.load import Load, send
from bench.postgres import postgres, programs
from bench.seed import ADDRESS, holder, other_account
from bench.texts import PUBLIC_BASE_URL, phone, text
from handlers.ledger.database import connect
from handlers.ledger.tables import outbox
from handlers.sealing import Sealer

WARM_UP = 300
LAPS, CROWD = 4, 250  # session turns: so many people a lap, each texting less than the 20 a minute that we take
GUESTS = 150  # whole dialogues; well below the thousand keys that may go out in an hour

# At the amount: kind, text, and a part of the right answer.
TURNS = (
    ("an amount", "50", "Reply 1 to pay"),
    ("going back", "BACK", "owes $84.20"),
    ("misunderstood", "purple rain", "Reply"),
    ("an amount", "60", "Reply 1 to pay"),
    ("going back", "BACK", "owes $84.20"),
    ("misunderstood", "blue cheese", "Reply"),
    ("menu", "MENU", "1 to pay a bill"),
    ("menu", "MENU", "1 to pay a bill"),
)

Say = Callable[[int], str]


class Talk:
    """Batches of texts, answered by Guestpay and by the floor in turns; which goes first changes every time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._ours_first = True
        for port in (house.floor, house.guestpay):  # every thread of every process has served once before we measure
            send(port, [text(phone(4_000_000 + one), "MENU") for one in range(WARM_UP)])

    def warm(self, people: Sequence[int], body: str, expected: str) -> None:
        """A batch that is not measured."""
        check(send(self._house.guestpay, [text(phone(one), body) for one in people]), body, expected)

    def measure(self, kind: Kind, people: Sequence[int], say: Say, expected: str) -> None:
        """One batch each."""
        sides = [(self._house.guestpay, kind.ours), (self._house.floor, kind.floor)]
        for port, side in sides if self._ours_first else reversed(sides):
            load = send(port, [text(phone(one), say(one)) for one in people])
            check(load, kind.name, expected if port == self._house.guestpay else "Reply 1")
            side.add(load)
        self._ours_first = not self._ours_first


def check(load: Load, what: str, expected: str) -> None:
    """Whoever answers quickly but wrongly has not been measured."""
    wrong = [answer for answer in load.answers if expected.encode() not in answer]
    if wrong:
        sys.exit(f"{what}: {len(wrong)} of {len(load.answers)} answers are wrong, such as\n{wrong[0].decode()[:500]}")


def session_turns(house: House, people: Iterator[int]) -> list[Kind]:
    """Turns that need the session only."""
    talk, kinds = Talk(house), {name: Kind(name) for name, _, _ in TURNS}
    for _ in range(LAPS):
        crowd = [next(people) for _ in range(CROWD)]
        talk.warm(crowd, "PAY", "Reply 1")
        talk.warm(crowd, "1", "owes $84.20")
        for name, body, expected in TURNS:
            talk.measure(kinds[name], crowd, lambda _one, body=body: body, expected)  # type: ignore[misc]
    return [*kinds.values(), together("together", list(kinds.values()))]


def dialogues(house: House, people: Iterator[int]) -> list[Kind]:
    """From PAY to the link, for an account that is not one's own: with SQL, the key, and Stripe."""
    talk, guests = Talk(house), [next(people) for _ in range(GUESTS)]
    keys: dict[str, str] = {}
    steps: tuple[tuple[str, Say, str], ...] = (
        ("PAY", lambda _one: "PAY", "account"),
        ("account number", other_account, "house number and ZIP"),
        ("verification", lambda _one: ADDRESS, "RESEND"),
        ("key", lambda one: keys[holder(one)], "owes $84.20"),
        ("amount", lambda _one: "1", "Reply 1 to pay"),
        ("confirm", lambda _one: "1", f"{PUBLIC_BASE_URL}/p/"),
    )
    kinds = []
    for name, say, expected in steps:
        if name == "key":
            keys.update(keys_sent(house))
        kinds.append(Kind(name))
        talk.measure(kinds[-1], guests, say, expected)
    return [*kinds, together("together", kinds)]


def keys_sent(house: House) -> dict[str, str]:
    """The keys that wait in the outbox, by the phone that they go to; no worker runs, so all are there."""
    engine, sealer, found = connect(house.database_url), Sealer([house.secret_key]), {}
    with engine.connect() as connection:
        for row in connection.execute(select(outbox).where(outbox.c.category == "key")):
            body = json.loads(sealer.open(row.body, f"outbox:{row.cause}"))
            digits = re.search(r"\b[0-9]{6}\b", body["text"])
            assert digits and row.recipient
            found[row.recipient.removeprefix("sms:")] = digits[0]
    engine.dispose()
    return found


def redis_figures(house: House, people: Iterator[int]) -> str:
    """Round trips of each turn, and the memory of a live session."""
    bodies = ("PAY", "1", "50", "BACK", "purple rain", "MENU")
    turns = commands_a_turn(house, phone(next(people)), bodies)
    sizes = memory(house, phone(next(people)), ("PAY", "1", "50"))
    live = sum(size for kind, size in sizes.items() if not kind.startswith("answers to repeat"))
    lines = [f"- {body}: {len(names)} ({', '.join(names)})" for body, names in turns]
    lines.append(f"- Memory of a live session, asked to confirm a payment: {live} bytes")
    lines += [f"  - {kind}: {size}" for kind, size in sorted(sizes.items())]
    return "\n".join(lines)


def report() -> Iterator[str]:
    """Measure everything and tell it in Markdown, part by part."""
    yield (
        "# Performance\n\n"
        f"`make bench` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}. "
        "The floor is a Flask route behind the same gunicorn settings: it proves Twilio's signature, does one GET and "
        "one SET, and answers. Both sides take turns in one run; load and servers share the machine. Ratios are ours "
        "to the floor's. Wanted of turns that need only the session: "
        f"throughput {THROUGHPUT} or more, p99 below {P99:.0f}."
    )
    people = count()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="guestpay-bench-"))
        with house(f"sqlite:///{folder}/guestpay.db", LAPS * CROWD + GUESTS + 10) as ours:
            yield f"## Turns that need only the session\n\n{table(session_turns(ours, people))}"
            yield f"## Redis: commands a turn, and memory\n\n{redis_figures(ours, people)}"
            yield f"## Whole dialogues, SQLite\n\n{table(dialogues(ours, people))}"
        found = programs()
        if found is None:
            yield "## Whole dialogues, PostgreSQL\n\nPostgreSQL is not installed here."
            return
        url = stack.enter_context(postgres(found))
        with house(url, GUESTS) as ours:
            yield f"## Whole dialogues, PostgreSQL\n\n{table(dialogues(ours, count()))}"
    yield ledger.report()


if __name__ == "__main__":
    parts = []
    for part in report():
        print(part, flush=True, end="\n\n")
        parts.append(part)
    if "--keep" in sys.argv[1:]:
        (ROOT / "docs" / "performance.md").write_text("\n\n".join(parts) + "\n")
