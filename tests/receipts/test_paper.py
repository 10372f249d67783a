"""The PDF: the same facts, for paper and for screen readers, and the proof with it."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from threading import Barrier, Thread

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, PdfObject, StreamObject

from bot.errors import Unavailable
from handlers.payments.wording import Wording
from handlers.receipts.paper import AT_ONCE, Press
from handlers.receipts.sheet import Row, Sheet
from handlers.receipts.signing import Proof
from tests.payments.world import BASE, World
from tests.receipts.reading import facts, pdf, pdf_bytes, text_of

PROOF = Proof("guestpay-receipt: 2\n", "key", b"signature")
SHEET = Sheet(
    language="en",
    brand="Prairie Light & Gas",
    mood="good",
    heading="Receipt",
    sentence="Thank you.",
    as_of="As of Nov 22, 2026",
    rows=[Row("Bill", "$84.20"), Row("Total paid", "$84.20", "total")],
    code="0000-0000-0000-0000-0000-0000-00",
    how_to_check="Look.",
    reference="4F1B-2C3D",
    path="/r/" + "A" * 22,
    dated=date(2026, 11, 22),
)


@pytest.fixture
def press(world_on_sqlite: World) -> Press:
    return Press(Wording(world_on_sqlite.speech, world_on_sqlite.utilities), BASE)


def test_the_pdf_says_what_the_page_says(world: World) -> None:
    record = world.link()
    world.pay(record)
    paper, signed = text_of(pdf(world, record)), facts(world, record)
    for said in ("Receipt", "Prairie Light & Gas", "Nov 22, 2026, 12:00 PM CST", "ending in 5678", "Card", "$85.95"):
        assert said in paper
    assert "For Oct 14 to Nov 12, 2026 $84.20" in paper
    assert f"{signed['receipt']}" in paper and signed["reference"] in paper


@pytest.mark.parametrize(("language", "total"), [("en", "Total paid"), ("es", "Total pagado")])
def test_the_pdf_is_one_tagged_page_with_title_and_language(world: World, language: str, total: str) -> None:
    record = world.link(language=language)
    world.pay(record)
    paper = pdf(world, record)
    catalog = paper.trailer["/Root"]
    assert len(paper.pages) == 1
    assert total in text_of(paper)
    assert str(catalog["/Lang"]) == language
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert paper.metadata and facts(world, record)["reference"] in str(paper.metadata.title)
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()
    assert b"pdfaid:part" in catalog["/Metadata"].get_object().get_data()


def test_the_pdf_carries_its_fonts(world_on_sqlite: World, press: Press) -> None:
    fonts = PdfReader(BytesIO(press.pdf(SHEET, PROOF))).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        (descendant,) = font["/DescendantFonts"]
        assert {"/FontFile2", "/FontFile3"} & set(descendant.get_object()["/FontDescriptor"])


def test_the_pdf_has_the_very_proof_attached(world: World) -> None:
    record = world.link()
    world.pay(record)
    (attached,) = pdf(world, record).attachments["receipt.json"]
    assert attached == world.web.get(f"/r/{record.receipt_token}.json").data


def test_nothing_of_the_account_but_its_last_digits_is_in_the_pdf(world: World) -> None:
    record = world.link()
    world.pay(record)
    paper = pdf(world, record)
    streams = b"".join(each.get_data() for each in objects(paper) if isinstance(each, StreamObject))
    for shown in (pdf_bytes(world, record), streams, text_of(paper).encode(), str(paper.metadata).encode()):
        for secret in (b"12345678", b"45678", b"Alvarez", b"Maple", b"5550111", record.token.encode()):
            assert secret not in shown


def test_the_square_leads_to_the_receipts_page_and_says_so_to_who_cannot_see_it(world: World) -> None:
    record = world.link()
    world.pay(record)
    paper = pdf(world, record)
    (link,) = [note.get_object() for note in paper.pages[0]["/Annots"]]
    assert link["/A"]["/URI"] == f"{BASE}/r/{record.receipt_token}"
    told = [str(each["/Alt"]) for each in objects(paper) if isinstance(each, DictionaryObject) and "/Alt" in each]
    assert told == ["QR code that leads to the page of this receipt"]


def objects(paper: PdfReader) -> list[PdfObject | None]:
    """All that is in the file."""
    return [IndirectObject(number, 0, paper).get_object() for number in range(1, int(paper.trailer["/Size"]))]


def test_the_same_receipt_is_the_same_bytes(press: Press, world_on_sqlite: World) -> None:
    again = Press(Wording(world_on_sqlite.speech, world_on_sqlite.utilities), BASE)
    assert press.pdf(SHEET, PROOF) == again.pdf(SHEET, PROOF)


@pytest.mark.parametrize(
    "brand", ['#panic("x")', "*bold* _it_ $x$", '"); #read("/etc/passwd")', "<label> @ref \\ `raw`"]
)
def test_words_are_only_ever_shown(press: Press, brand: str) -> None:
    sheet = replace(SHEET, brand=brand, heading=brand, rows=[Row(brand, brand)])
    paper = text_of(PdfReader(BytesIO(press.pdf(sheet, PROOF))))
    assert paper.replace(" ", "").count(brand.replace(" ", "")) == 4


def test_a_receipt_for_many_periods_is_still_one_page(press: Press) -> None:
    rows = [Row(f"For Oct 14 to Nov 12, {year}", "$84.20", "part") for year in range(1999, 2011)]
    assert len(PdfReader(BytesIO(press.pdf(replace(SHEET, rows=rows), PROOF))).pages) == 1


def test_a_file_name_that_tells_receipts_apart(world_on_sqlite: World) -> None:
    world = world_on_sqlite
    record = world.link()
    world.pay(record)
    named = world.web.get(f"/r/{record.receipt_token}.pdf").headers["Content-Disposition"]
    assert named == f'attachment; filename="receipt-{facts(world, record)["reference"]}.pdf"'


def test_of_many_at_once_some_are_asked_to_come_again_and_nobody_is_lost(press: Press) -> None:
    many = AT_ONCE * 8
    start, came = Barrier(many), []

    def ask() -> None:
        start.wait()
        try:
            came.append(len(press.pdf(SHEET, PROOF)) > 0)
        except Unavailable:
            came.append(False)

    threads = [Thread(target=ask) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == many and any(came)
    assert press.pdf(SHEET, PROOF)


def test_while_all_seats_are_taken_the_answer_is_to_come_again(press: Press) -> None:
    for _ in range(AT_ONCE):
        assert press.seats.acquire(blocking=False)
    with pytest.raises(Unavailable):
        press.pdf(SHEET, PROOF)


def test_the_proof_is_json_with_its_text(world_on_sqlite: World) -> None:
    assert json.loads(PROOF.json())["text"] == PROOF.text
