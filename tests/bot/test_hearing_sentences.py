"""Every sentence that a parser names exists, and every one that exists is named."""

import re
from pathlib import Path

from bot.speech import Speech

ROOT = Path(__file__).resolve().parents[2]
COPY = Speech.load(ROOT / "flows" / "copy").copies


def test_the_sentences_that_parsers_name_are_those_that_exist():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "hearing").glob("[a-z]*.py"))
    tables = "digits|choice|account_number|service_address|key|amount|printed_bill"
    named = {
        f"hearing.{name}"
        for name in re.findall(rf'"((?:{tables})(?:\.\w+)?)"', sources)
        if "." in name or name == "digits"
    }
    for language, sentences in COPY.items():
        assert {key for key in sentences if key.startswith("hearing.")} == named, language
