"""Transcripts: conversations written down, played as tests.

Three marks: `>` the person, `<` the bot, `*` the world. The world's lines: `* Ana texts` (who holds the phone from
here on), `* 31 minutes pass`, `* paid`, `* paid from a bank`, `* the bank says yes` or `no`, `* the link runs out`,
`* refunded`, `* the bank asks for it back`, `takes it back` or `lets it be`, `* billing posts it`, `* stripe is down`,
`slow` or `back`, `* Ana's next bill says 20.00`.
A text that reaches somebody by itself stands after the line that caused it: `* Mary reads: ...`.
What chance made is written the same each time: a key is `######`, a token `...`, a receipt's
reference `....-....`. An email stands on one line. `> the key` types the last key sent.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CAST = {
    "Ana": "+12175550111",
    "Ben": "+12175550112",
    "Cora": "+12175550113",
    "Dev": "+12175550114",
    "Eli": "+12175550115",
    "Mary": "+12175550116",
    "Lou": "+12175550117",
    "Pia": "+12175550118",
    "A stranger": "+12175550199",
}
_NAMES = {phone: name for name, phone in CAST.items()}
_TOKEN = re.compile(r"(/[pr]/)[\w-]{22}")
_REFERENCE = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}\b")
_KEY = re.compile(r"(?<![\d.,])\d{6}(?!\d)")


class Stage(Protocol):
    """What a transcript is played on."""

    def say(self, phone: str, text: str) -> tuple[str, ...]:
        """A person texts; what they read in answer."""

    def happen(self, phone: str, what: str) -> None:
        """Something happens in the world."""

    def arrived(self) -> list[tuple[str, str]]:
        """The texts that went out by themselves since last asked: phone and words."""


@dataclass
class Player:
    """Plays one transcript on a stage, and writes down what really happened."""

    stage: Stage
    phone: str = CAST["Ana"]
    key: str = ""

    def play(self, script: str) -> str:
        """The script with the bot's lines as they really were."""
        return "\n".join(line for said in directions(script) for line in self._line(*said))

    def _line(self, mark: str, words: str) -> Iterator[str]:
        yield f"{mark} {words}".rstrip()
        if mark == ">":
            for text in self.stage.say(self.phone, self.key if words == "the key" else words):
                yield f"< {_plain(text)}"
        elif words.endswith(" texts"):
            self.phone = CAST[words.removesuffix(" texts")]
        else:
            self.stage.happen(self.phone, words)
        for phone, text in self.stage.arrived():
            if found := _KEY.search(text):
                self.key = found[0]
            yield f"* {_NAMES.get(phone, phone)} reads: {_KEY.sub('######', _plain(text))}"


def directions(script: str) -> Iterator[tuple[str, str]]:
    """The lines that are played: the person's, and the world's but for what somebody reads."""
    for line in script.splitlines():
        mark, _, words = line.partition(" ")
        if mark == ">" or (mark == "*" and " reads: " not in words):
            yield mark, words


def _plain(text: str) -> str:
    return _REFERENCE.sub("....-....", _TOKEN.sub(r"\1...", " ".join(text.split())))


def script_of(docstring: str) -> str:
    """The transcript in a flow's docstring: from its first mark to its last."""
    lines = [line for line in docstring.splitlines() if line[:2] in ("> ", "< ", "* ") or line in (">", "<")]
    return "\n".join(lines)


@dataclass(frozen=True)
class Source:
    """Where a transcript stands, and how to write it anew (`pytest --accept`)."""

    name: str
    path: Path
    script: str

    def accept(self, played: str) -> None:
        """Put what really happened in the place of what was written."""
        self.path.write_text(self.path.read_text("utf-8").replace(self.script, played), "utf-8")


def sources(root: Path, docstrings: Callable[[], dict[Path, str]]) -> list[Source]:
    """Every transcript: the flows' docstrings, and the `.chat` files of the unhappy paths."""
    found = [Source(f"flows/{path.stem}", path, script_of(text)) for path, text in docstrings().items()]
    for path in sorted(root.glob("tests/transcripts/**/*.chat")):
        found.append(Source(f"{path.parent.name}/{path.stem}", path, path.read_text("utf-8").strip()))
    return [source for source in found if source.script]
