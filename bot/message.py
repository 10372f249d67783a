"""What a person sent, and what they get back. Channels only carry these."""

from dataclasses import dataclass
from typing import Literal

from bot.names import Address

OptOutType = Literal["STOP", "START", "HELP"]


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One message in. `id` is the channel's own id of it; `text` is cleaned (`bot.text.clean`), not yet masked.

    `readable` is False when the raw text was refused (NUL, surrogates). `media` counts pictures, which are
    never fetched. `carrier_answered` is set when the carrier itself already replied to STOP, START or HELP (W6).
    """

    id: str
    who: Address
    utility: str
    text: str
    readable: bool = True
    media: int = 0
    carrier_answered: OptOutType | None = None

    def __repr__(self) -> str:
        return f"<Message {self.id[:2]}... from {self.who!r}>"  # never the text: it may hold a key or a card


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person reads: no, one or several texts. None at all is an answer too (an opted-out person)."""

    texts: tuple[str, ...] = ()
