"""What one turn does to Redis: commands sent, counted with MONITOR, and memory held."""

from collections.abc import Sequence

from bench.house import House
from bench.load import send
from bench.texts import text
from handlers.sessions.redis_client import connect


def commands_a_turn(house: House, sender: str, bodies: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each text of a person with the names of the commands that it took; what scripts do inside is no round trip."""
    counted = []
    with connect(house.redis_url) as client, connect(house.redis_url) as watcher, watcher.monitor() as monitor:
        for body in bodies:
            send(house.guestpay, [text(sender, body)], lines=1)
            client.echo("turn over")
            names = []
            while (seen := monitor.next_command())["command"] != "ECHO turn over":
                if seen["client_type"] != "lua":
                    names.append(seen["command"].split()[0])
            counted.append((body, names))
    return counted


def memory(house: House, sender: str, bodies: Sequence[str]) -> dict[str, int]:
    """Bytes of Redis memory by kind of key, for a person who has sent these texts and is in the middle of it."""
    with connect(house.redis_url) as client:
        before = set(client.keys("*"))
        for body in bodies:
            send(house.guestpay, [text(sender, body)], lines=1)
        sizes: dict[str, int] = {}
        for key in set(client.keys("*")) - before:
            kind = _KINDS.get(key.split(b":")[1], "other")
            sizes[kind] = sizes.get(kind, 0) + (client.memory_usage(key) or 0)
        return sizes


_KINDS = {
    b"s": "session",
    b"r": "remains for a day",
    b"i": "messages of the last minute",
    b"u": "answers that led nowhere",
    b"m": "answers to repeat, for 25 hours",
}
