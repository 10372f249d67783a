"""Draws what the code says: a state diagram for each flow, and every sentence with its length in SMS segments.

`make docs` writes `docs/flows.md` and `docs/words.md`; a test fails when they differ from the code.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.flow import END, START, Flow
from bot.segments import count
from bot.speech import Say, Speech
from flows import FLOWS
from flows.slots import EXAMPLES

DOCS = Path(__file__).parent
COPY = DOCS.parent / "flows" / "copy"
ON_PAGES = ("pages.", "keys.subject", "receipts.email")  # sentences that never go out as a text


def flow_diagrams() -> str:
    """Every flow as a Mermaid state diagram: steps are what we wait for, arrows are what happened."""
    parts = ["# The flows\n\nDrawn from the code by `make docs`. A box is what we wait for, an arrow what happened.\n"]
    for flow in FLOWS.values():
        lines = "\n".join(f"  {line}" for line in _diagram(flow))
        parts.append(f"## {flow.name}\n\n```mermaid\nstateDiagram-v2\n{lines}\n```\n")
    return "\n".join(parts)


def _diagram(flow: Flow) -> Iterator[str]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for go in flow.outcomes:
        outcome = f"{go.outcome} (to {go.opens})" if go.opens else go.outcome
        arrows.setdefault((_node(go.at), _node(go.to)), []).append(outcome)
    for step in flow.steps:
        if step.back:
            arrows.setdefault((step.name, step.back), []).append("BACK")
    for (at, to), outcomes in arrows.items():
        yield f"{at} --> {to}: {', '.join(outcomes)}"


def _node(state: str) -> str:
    return "[*]" if state in (START, END) else state


def sentences() -> str:
    """Every sentence of every language, filled with example values, and what it costs."""
    speech = Speech.load(COPY)
    parts = [
        "# The sentences\n\nMeasured by `make docs`, with every slot filled with a value as long as it usually gets.\n"
    ]
    for language in speech.copies:
        parts.append(f"## {language}\n\n| sentence | segments | words |\n|---|---|---|")
        parts += [_row(key, language, speech) for key in speech.copies[language] if not key.startswith(ON_PAGES)]
        parts.append("")
    return "\n".join(parts)


def _row(key: str, language: str, speech: Speech) -> str:
    words = speech.say(Say(key, EXAMPLES), language)
    measured = count(words)
    shown = words.replace("|", "\\|").replace("\n", " ")
    return f"| {key} | {measured.segments} {measured.encoding} ({measured.units}) | {shown} |"


if __name__ == "__main__":
    (DOCS / "flows.md").write_text(flow_diagrams(), "utf-8")
    (DOCS / "words.md").write_text(sentences(), "utf-8")
