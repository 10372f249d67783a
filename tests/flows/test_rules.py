"""A rule that a comment names ("RULES" and a number) can be looked up in docs/rules.md, with files that exist."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "rules.md").read_text("utf-8")
LISTED = re.findall(r"^- \*\*([A-Z]\d+)\*\* ", DOCUMENT, re.MULTILINE)
GROUPS = re.findall(r"^## .*\(([A-Z])\)$", DOCUMENT, re.MULTILINE)
SOURCES = [path for folder in ("bot", "flows", "handlers", "config", "tests") for path in (ROOT / folder).rglob("*.py")]

# A rule, or a group as a whole; several of them in a row, ranges too. "A" and "I" alone are words.
RULE = r"(?:[A-Z]\d+|(?![AI]\b)[A-Z])\b"
PARTED = r"(?:\s*[,/&]\s*(?:and\s+|or\s+)?|\s+(?:and|or|to)\s+|\s*[-–]\s*)"
REFERENCE = re.compile(rf"\bRULES:?\s+({RULE}(?:{PARTED}{RULE})*)")
RANGE = re.compile(r"([A-Z])(\d+)(?:\s+to\s+|\s*[-–]\s*)\1(\d+)")


def prose(source):
    """The comments of a module, each block as one text, and its docstrings."""
    comments, last = [], None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            said = token.string.lstrip("#")
            if last == token.start[0] - 1:
                comments[-1] += said
            else:
                comments.append(said)
            last = token.start[0]
    alone = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr)]
    return comments + [
        value.value for value in alone if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def named(source):
    """The rules and groups that a module's comments and docstrings refer to."""
    found = set()
    for text in prose(source):
        for reference in REFERENCE.findall(text):
            found.update(re.findall(RULE, reference))
            for group, first, last in RANGE.findall(reference):
                found.update(f"{group}{number}" for number in range(int(first), int(last) + 1))
    return found


def unlisted(source):
    """Those of them that nobody can look up."""
    return named(source) - {*LISTED, *GROUPS}


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        ('"""Keys (RULES S1, S2)."""', {"S1", "S2"}),
        ('"""Words (RULES W1-W3, S2)."""', {"W1", "W2", "W3", "S2"}),
        ("# RULES T8 to T10 and M7.", {"T8", "T9", "T10", "M7"}),
        ("x = 1  # RULES S6: tenths of a second, A4 aside", {"S6"}),
        ("# What came of it (RULES\n# M6,\n# S5).", {"M6", "S5"}),
        ('class A:\n    """Names (RULES P, S)."""', {"P", "S"}),
        ('x = 1\n"""What x is (RULES M8)."""', {"M8"}),
        ("# RULES P3 allows a day. A key lives less (W9).", {"P3"}),
        ('_RULES = "RULES S1"  # M7', set()),
    ],
)
def test_a_reference_is_read_as_it_is_meant(source, rules):
    assert named(source) == rules


@pytest.mark.parametrize("source", ["# RULES S99", '"""Bad (RULES S1, X2)."""', "# RULES W1 to W99", "# RULES Z"])
def test_a_rule_that_is_not_listed_is_found_out(source):
    assert unlisted(source)


def test_every_rule_that_a_comment_names_is_listed():
    missing = {str(path.relative_to(ROOT)): rules for path in SOURCES if (rules := unlisted(path.read_text("utf-8")))}
    assert missing == {}, "say in docs/rules.md what these rules are"


def test_there_are_comments_that_name_rules():
    assert len(set().union(*(named(path.read_text("utf-8")) for path in SOURCES))) > 40


def test_a_rule_is_listed_once():
    assert sorted(LISTED) == sorted(set(LISTED))


def test_a_rule_stands_in_its_own_group():
    sections = re.split(r"^## .*\(([A-Z])\)$", DOCUMENT, flags=re.MULTILINE)[1:]
    for group, rules in zip(sections[::2], sections[1::2], strict=True):
        assert {rule[0] for rule in re.findall(r"^- \*\*([A-Z]\d+)\*\* ", rules, re.MULTILINE)} == {group}


@pytest.mark.parametrize(
    "rule", re.split(r"^- ", DOCUMENT, flags=re.MULTILINE)[1:], ids=lambda rule: rule[2:5].strip("*")
)
def test_a_rule_names_files_that_keep_it(rule):
    files = re.findall(r"`((?:[\w.-]+/)+[\w.-]+|Makefile|requirements\.lock)`", rule.split("→")[1])
    assert files
    assert [file for file in files if not (ROOT / file).is_file()] == []
