"""What `make docs` draws is what is kept: a change to the code that changes the map shows in the documents."""

from docs import draw


def test_the_diagrams_are_those_of_the_code():
    assert (draw.DOCS / "flows.md").read_text("utf-8") == draw.flow_diagrams(), "run `make docs`"


def test_the_sentences_are_those_of_the_code():
    assert (draw.DOCS / "words.md").read_text("utf-8") == draw.sentences(), "run `make docs`"
