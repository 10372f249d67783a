"""The form of a value at rest: a header in the clear, then the sealed rest, bound to its key and its header.

The header is the deadline (6 bytes of milliseconds since 1970) and a version (4 bytes), for the scripts to compare.
"""

import logging
from dataclasses import dataclass

from handlers.sealing import Broken, Sealer
from handlers.sessions.scripts import HEADER

_log = logging.getLogger("guestpay.sessions")


@dataclass(frozen=True, slots=True)
class Stored:
    """Seals values for the place they rest at, and opens them again."""

    sealer: Sealer

    def seal(self, plain: bytes, key: str, deadline: int, version: int = 0) -> bytes:
        """`plain` as it rests at `key` until `deadline` (milliseconds since 1970)."""
        header = deadline.to_bytes(6, "big") + (version % 2**32).to_bytes(4, "big")
        return header + self.sealer.seal(plain, key + header.hex())

    def open(self, value: bytes | None, key: str) -> bytes | None:
        """What rests at `key`. None if there is nothing, or it was tampered with: that costs a question, not money."""
        if value is None:
            return None
        try:
            return self.sealer.open(value[HEADER:], key + value[:HEADER].hex())
        except Broken:
            _log.warning("a stored value could not be opened; it is dropped")
            return None


def version_after(header: bytes) -> int:
    """The version that follows the one in `header`; 1 after none."""
    return int.from_bytes(header[6:HEADER], "big") + 1
