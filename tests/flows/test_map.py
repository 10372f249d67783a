"""The map of every flow: each step has words, a way in and a way out; each outcome leads somewhere."""

from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from bot.flow import END, START
from bot.speech import Speech
from flows import FLOWS
from flows.check_balance import show
from flows.ordering import look

COPY = Speech.load(Path(__file__).parents[2] / "flows" / "copy").copies["en"]
STEPS = [(flow, step) for flow in FLOWS.values() for step in flow.steps]
OUTCOMES = [(flow, go) for flow in FLOWS.values() for go in flow.outcomes]

# Sessions are stored under these names: a step that is renamed strands whoever waits there, so say so here.
STORED = {
    "menu": ["choice", "welcome_back"],
    "pay_bill": ["account_number", "verification", "key", "bill", "amount", "confirm", "link"],
    "check_balance": ["account_number", "verification", "key"],
    "last_payment": [],
}


def name(value):
    return getattr(value, "name", getattr(value, "outcome", None))


def test_the_stored_names_are_the_listed_ones():
    assert {flow.name: [step.name for step in flow.steps] for flow in FLOWS.values()} == STORED


@pytest.mark.parametrize(("flow", "go"), OUTCOMES, ids=name)
def test_an_outcome_leads_to_a_step_and_has_its_sentence(flow, go):
    places = {step.name for step in flow.steps}
    assert go.at in places | {START}
    assert go.to in places | {END}
    assert go.says is None or flow.copy_key(go.says) in COPY
    assert go.opens is None or go.opens in FLOWS


@pytest.mark.parametrize(("flow", "step"), STEPS, ids=name)
def test_a_step_can_be_reached_and_left(flow, step):
    assert any(go.to == step.name and go.at != step.name for go in flow.outcomes) or step.name == "welcome_back"
    assert any(go.at == step.name and go.to != step.name for go in flow.outcomes) or step.back


@pytest.mark.parametrize(("flow", "step"), STEPS, ids=name)
def test_a_step_that_sends_back_sends_to_a_step(flow, step):
    assert step.back is None or step.back in {other.name for other in flow.steps}


@pytest.mark.parametrize("word", [word for flow in FLOWS.values() for words in flow.words.values() for word in words])
def test_a_word_starts_one_flow_only(word):
    assert sum(word in words for flow in FLOWS.values() for words in flow.words.values()) == 1


def declared(decide):
    """The outcomes a deciding function says it may return."""

    def flat(hint):
        inner = get_args(hint)
        return [hint] if not inner or isinstance(hint, str) else [leaf for part in inner for leaf in flat(part)]

    return [leaf for leaf in flat(get_type_hints(decide).get("return")) if isinstance(leaf, str)]


@pytest.mark.parametrize(("flow", "step"), STEPS, ids=name)
def test_every_outcome_that_a_step_may_return_is_on_the_map(flow, step):
    outcomes = [outcome for outcome in declared(step.then) if outcome != "proved"]
    known = {go.outcome for go in flow.outcomes if go.at == step.name}
    assert outcomes, "say with Literal which outcomes there are"
    assert set(outcomes) <= known


@pytest.mark.parametrize("flow", FLOWS.values(), ids=name)
def test_every_outcome_that_a_beginning_may_return_is_on_the_map(flow):
    outcomes = [outcome for outcome in declared(flow.begin) if outcome != "proved"]
    assert set(outcomes) <= {go.outcome for go in flow.outcomes if go.at == START}


@pytest.mark.parametrize(("proved", "flow"), [(look, "pay_bill"), (show, "check_balance")], ids=name)
@pytest.mark.parametrize("at", ["account_number", "verification", "key"])
def test_whoever_has_proved_the_account_goes_on(proved, flow, at):
    assert set(declared(proved)) <= {go.outcome for go in FLOWS[flow].outcomes if go.at == at}
