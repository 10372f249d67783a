"""How a landlord or a caseworker reads a receipt: the words of its page, of its PDF, and the signed facts."""

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from handlers.payments.records import Record
from tests.payments.world import World


def page(world: World, record: Record, **query: str) -> str:
    """What stands on the page, without the marks."""
    answer = world.web.get(f"/r/{record.receipt_token}", query_string=query)
    assert answer.status_code == 200
    return words(answer.text)


def words(html: str) -> str:
    """What a person reads of a page."""
    text = re.sub(r"<wbr>", "", html.partition("<body>")[2])
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


def proof(world: World, record: Record) -> dict[str, Any]:
    """The signed facts, as a file."""
    answer = world.web.get(f"/r/{record.receipt_token}.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    parsed: dict[str, Any] = json.loads(answer.data)
    return parsed


def facts(world: World, record: Record) -> dict[str, str]:
    """The signed facts, by name."""
    return dict(line.split(": ", 1) for line in proof(world, record)["text"].splitlines())


def pdf(world: World, record: Record, **query: str) -> PdfReader:
    """The PDF."""
    return PdfReader(BytesIO(pdf_bytes(world, record, **query)))


def pdf_bytes(world: World, record: Record, **query: str) -> bytes:
    answer = world.web.get(f"/r/{record.receipt_token}.pdf", query_string=query)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return answer.data


def text_of(paper: PdfReader) -> str:
    """What stands on the PDF."""
    return " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
