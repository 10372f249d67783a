"""Lines held against the ledger: what each came to, its fee posted, its match kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.settlement.books import Moved, moved, post_costs
from handlers.settlement.lines import StatementLine, cause, cost, cost_cause
from handlers.settlement.statement import save

Came = Literal["matched", "missing here", "sums differ", "unknown kind"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a line came to; `why` says it for a person where it is not matched."""

    line: StatementLine
    came: Came
    why: str = ""


def match(connection: Connection, lines: Sequence[StatementLine], zone: ZoneInfo, at: datetime) -> list[Judged]:
    """Hold lines against the ledger, post their fees, keep them: in the caller's transaction."""
    known = _known(connection, lines)
    known |= post_costs(connection, lines, known, zone, at)
    judged = [judge(line, known) for line in lines]
    save(connection, ((each.line, cause(each.line) if each.came == "matched" else None) for each in judged), at)
    return judged


def compare(connection: Connection, lines: Sequence[StatementLine]) -> list[Judged]:
    """Hold lines against the ledger and change nothing: the fees that would be posted count as posted."""
    known = _known(connection, lines)
    fees = {cost_cause(line): (-cost(line),) for line in lines if cost(line)}
    return [judge(line, fees | known) for line in lines]


def _known(connection: Connection, lines: Sequence[StatementLine]) -> dict[str, Moved]:
    wanted = {said for line in lines if (said := cause(line))} | {cost_cause(line) for line in lines if cost(line)}
    return moved(connection, wanted)


def judge(line: StatementLine, known: Mapping[str, Moved]) -> Judged:
    """What the line comes to, when this is posted; its fee is among it."""
    wanted = cause(line)
    if wanted is None:
        return Judged(line, "unknown kind", f"we do not post a line of the kind {line.type}")
    if cost(line) and known[cost_cause(line)] != (-cost(line),):
        return Judged(line, "sums differ", f"Stripe kept {cost(line).decimal()}, the ledger posted another fee")
    if wanted == cost_cause(line):
        return Judged(line, "matched")
    if wanted not in known:
        return Judged(line, "missing here", "Stripe moved it, and the ledger does not know of it")
    if known[wanted] != (line.money,):
        said = f"Stripe moved {_words((line.money,))}, the ledger says {_words(known[wanted])}"
        return Judged(line, "sums differ", said)
    return Judged(line, "matched")


def _words(sums: Moved) -> str:
    return " and ".join(f"{each.decimal()} {each.currency}" for each in sums) or "nothing"
