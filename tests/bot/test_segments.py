"""Segments, counted as Twilio's own calculator counts them (RULES T6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segments import Segments, count, smart
from tests.bot.oracles import MISSING, load

VECTORS = load("gsm-segments/twilio-segments.json") or {"vectors": [], "smartEncodingMap": {}}
BITS = {"GSM-7": 7, "UCS-2": 16}


def sent(vector):
    return smart(vector["body"]) if vector["smart"] else vector["body"]


@pytest.mark.skipif(not VECTORS["vectors"], reason=MISSING)
def test_every_vector_of_the_calculator_agrees():
    def theirs(vector):
        return vector["encoding"], vector["segments"], vector["messageSizeBits"]

    def ours(vector):
        counted = count(sent(vector))
        return counted.encoding, counted.segments, counted.units * BITS[counted.encoding]

    assert [(v["test"], ours(v), theirs(v)) for v in VECTORS["vectors"] if ours(v) != theirs(v)] == []


@pytest.mark.skipif(not VECTORS["vectors"], reason=MISSING)
def test_smart_encoding_sends_what_the_calculator_says():
    wrong = [vector["body"] for vector in VECTORS["vectors"] if vector["smart"] and sent(vector) != vector["sent"]]
    assert wrong == []


@pytest.mark.skipif(not VECTORS["vectors"], reason=MISSING)
def test_the_table_of_smart_encoding_is_whole():
    assert {old: smart(old) for old in VECTORS["smartEncodingMap"]} == VECTORS["smartEncodingMap"]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", Segments("GSM-7", 1, 0)),
        ("é ñ ü ¿ ¡", Segments("GSM-7", 1, 9)),
        ("í", Segments("UCS-2", 1, 1)),
        ("€" * 80, Segments("GSM-7", 1, 160)),
        ("€" * 81, Segments("GSM-7", 2, 162)),
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 3, 306)),  # the pair would lie across the first cut
        ("😀" * 35, Segments("UCS-2", 1, 70)),
        ("😀" * 67, Segments("UCS-2", 3, 134)),  # 33 to a segment, one unit of each left empty
    ],
)
def test_what_a_text_costs(text, counted):
    assert count(text) == counted


def greedy(text, double, alone, each):
    """The same count by filling segments one character at a time."""
    sizes = [2 if double(mark) else 1 for mark in text]
    if sum(sizes) <= alone:
        return 1
    segments, room = 1, each
    for size in sizes:
        if size > room:
            segments, room = segments + 1, each
        room -= size
    return segments


@given(st.text("a€", min_size=150, max_size=700))
def test_an_escape_pair_is_never_split(text):
    assert count(text).segments == greedy(text, lambda mark: mark == "€", 160, 153)


@given(st.text("í😀", min_size=60, max_size=400))
def test_a_surrogate_pair_is_never_split(text):
    ours = count(text)
    assert ours.segments == greedy(text, lambda mark: mark == "😀", 70, 67)


@given(st.text())
def test_smart_encoding_twice_changes_nothing(text):
    assert smart(smart(text)) == smart(text)
