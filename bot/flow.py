"""A flow: one conversation as two tables, its steps and its outcomes, on one shared `transitions` machine.

A step is say -> hear -> decide -> go. It is named for what we wait for; an outcome for what happened. The machine
knows no session: each turn passes its own through (RULES F1, F2: `model=None`, nothing registered, no callbacks).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from transitions import Machine

from bot.session import Session
from bot.speech import Say
from bot.turn import Turn
from bot.utility import Utility

START, END = "start", "end"
AT_REST = ("menu", "choice")  # flow and state of everybody with whom nothing else goes on
logging.getLogger("transitions").setLevel(logging.WARNING)  # it prints every step at INFO


@dataclass(frozen=True, slots=True)
class Step:
    """What we wait for.

    `expects` reads the text alone (raises NotUnderstood), `then` decides on an outcome, `says` chooses among the
    step's sentences and fills them (default: the sentence named like the step, without slots), `back` is where BACK
    leads. `again` names the sentence for an answer that was not understood, where the step's own words will not do.
    """

    name: str
    expects: Callable[[str, Utility], object]
    then: Callable[[Turn], str]
    says: Callable[[Session, Utility], Say] | None = None
    back: str | None = None
    again: str | None = None


@dataclass(frozen=True, slots=True)
class Go:
    """What happened at a step, and where it leads.

    `says` is said first; where the step changes, the new step's words follow. `opens` names the flow that begins
    when this one ends.
    """

    outcome: str
    at: str
    to: str
    says: str | None = None
    opens: str | None = None


@dataclass(frozen=True)
class Flow:
    """One conversation. `begin` decides where it starts; `words` start it from anywhere, per language."""

    name: str
    begin: Callable[[Turn], str]
    steps: Sequence[Step]
    outcomes: Sequence[Go]
    words: Mapping[str, Sequence[str]]
    _machine: Machine = field(init=False, repr=False)
    _rows: Mapping[tuple[str, str], Go] = field(init=False, repr=False)
    _steps: Mapping[str, Step] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = {(go.outcome, go.at): go for go in self.outcomes}
        if len(rows) != len(self.outcomes):
            raise ValueError(f"{self.name}: an outcome leads to two places")
        backs = [Go("back", step.name, step.back) for step in self.steps if step.back]
        machine = Machine(
            model=None,
            states=[START, *(step.name for step in self.steps), END],
            initial=START,
            auto_transitions=False,
            transitions=[{"trigger": go.outcome, "source": go.at, "dest": go.to} for go in [*self.outcomes, *backs]],
        )
        object.__setattr__(self, "_machine", machine)
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_steps", {step.name: step for step in self.steps})

    def step(self, session: Session) -> Step:
        """The step at which the session waits."""
        return self._steps[session.state]

    def go(self, session: Session, outcome: str) -> Go:
        """Move the session by an outcome. An outcome that the table does not know here is a bug: it raises."""
        at = session.state
        if not self._machine.events[outcome].trigger(session):
            raise RuntimeError(f"{self.name}: {outcome} at {at} did not move")
        return self._rows.get((outcome, at)) or Go(outcome, at, session.state)

    def knows(self, session: Session, event: str) -> bool:
        """Whether something that happened in the world means anything at this step."""
        return (event, session.state) in self._rows

    def words_of(self, session: Session, utility: Utility) -> Say:
        """What the session's step says."""
        step = self.step(session)
        say = step.says(session, utility) if step.says else Say(step.name)
        return Say(self.copy_key(say.key), say.slots)

    def copy_key(self, key: str) -> str:
        """The full name of a sentence: this flow's own, unless it names the table it is shared from."""
        return key if "." in key else f"{self.name}.{key}"
