"""The receipt on paper: one page of PDF, archival (PDF/A-3a) and accessible (PDF/UA-1), with the proof attached.

It costs some 15 ms of CPU, ten of them in Typst, without the GIL. Typst sees no network, no fonts but its own and no
clock, so the same receipt is the same bytes. Only so many are set at a time: whoever comes beside them is asked to come
again.
"""

import json
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

import segno
import typst

from bot.errors import Unavailable
from handlers.payments.wording import Wording
from handlers.receipts.sheet import Sheet
from handlers.receipts.signing import Proof

AT_ONCE = 4  # in one process: the threads beside these go on answering texts


class Press:
    """Sets receipts. `address` is where our pages are, `PUBLIC_BASE_URL`."""

    def __init__(self, wording: Wording, address: str) -> None:
        self._wording = wording
        self._address = address
        self._source = Path(__file__).with_name("receipt.typ").read_bytes()
        self.seats = BoundedSemaphore(AT_ONCE)

    def pdf(self, sheet: Sheet, proof: Proof) -> bytes:
        """The receipt as PDF. Raises Unavailable while too many others are being set."""
        if not self.seats.acquire(blocking=False):
            raise Unavailable("too many receipts at once")
        try:
            made = typst.compile(
                self._source,
                format="pdf",
                ignore_system_fonts=True,
                sys_inputs={"receipt": json.dumps(self._shown(sheet, proof))},
                pdf_standards=["a-3a", "ua-1"],
            )
        finally:
            self.seats.release()
        assert isinstance(made, bytes), "one file"
        return made

    def _shown(self, sheet: Sheet, proof: Proof) -> dict[str, object]:
        """All that the template shows."""
        address = f"{self._address}{sheet.path}"

        def say(sentence: str) -> str:
            return self._wording.say(f"pages.{sentence}", sheet.language)

        return {
            **asdict(sheet),
            "dated": sheet.dated.timetuple()[:3],
            "title": f"{sheet.heading} - {sheet.brand} - {sheet.reference}",
            "columns": [say("column_name"), say("column_value")],
            "check_heading": say("how_to_check_heading"),
            "code_label": say("receipt_code"),
            "signed": say("signed"),
            "proof": proof.json().decode(),
            "proof_alt": say("proof"),
            "address": address,
            "qr": _qr(address),
            "qr_alt": say("qr_alt"),
        }


def _qr(address: str) -> str:
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
