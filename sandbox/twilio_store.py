"""The miniature Twilio's messages, and who has opted out."""

import threading
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from sandbox import segments
from sandbox.mint import Mint

# Twilio's default keywords on long codes (Twilio help article 223134027).
STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = "You have successfully been re-subscribed to messages from this number. Reply STOP to unsubscribe."


class TwilioError(Exception):
    """An error answer: HTTP status, Twilio's code and words."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}


@dataclass(slots=True)
class Message:
    """One message. `at` is Unix seconds; `history` are the states it went through."""

    sid: str
    sender: str
    to: str
    body: str
    direction: str
    status: str
    at: float
    media: int = 0
    sent_at: float | None = None
    error: int | None = None
    validity: int = 36000
    history: list[str] = field(default_factory=list)

    def shown(self, account: str) -> dict[str, Any]:
        """As Twilio's API prints it."""
        path = f"/2010-04-01/Accounts/{account}/Messages/{self.sid}"
        return {
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": formatdate(self.at),
            "date_sent": formatdate(self.sent_at) if self.sent_at else None,
            "date_updated": formatdate(self.sent_at or self.at),
            "direction": self.direction,
            "error_code": self.error,
            "error_message": "Attempt to send to unsubscribed recipient" if self.error == 21610 else None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(self.media),
            "num_segments": str(segments.count(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


class Messages:
    """Messages by sid, in their order, and the numbers that opted out."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self.lock = threading.RLock()
        self.by_sid: dict[str, Message] = {}
        self.opted_out: set[str] = set()

    def add(self, sender: str, to: str, body: str, direction: str, status: str, media: int = 0) -> Message:
        """Write a new message down."""
        sid = self._mint.hex("MM" if media else "SM")
        message = Message(sid, sender, to, body, direction, status, self._mint.clock(), media)
        message.history.append(status)
        with self.lock:
            self.by_sid[sid] = message
        return message

    def get(self, sid: str) -> Message:
        """The message. Raises TwilioError 20404."""
        with self.lock:
            if sid not in self.by_sid:
                raise TwilioError(404, 20404, f"The requested resource /Messages/{sid}.json was not found")
            return self.by_sid[sid]

    def newest_first(self) -> list[Message]:
        """Every message."""
        with self.lock:
            return list(reversed(self.by_sid.values()))

    def heed(self, phone: str, body: str) -> tuple[str, str]:
        """Twilio's own keywords: what it does for STOP and START, and what it answers ("" for nothing)."""
        word = body.strip().upper()
        with self.lock:
            if word in STOP_WORDS:
                self.opted_out.add(phone)
                return "STOP", STOPPED
            if word in START_WORDS and phone in self.opted_out:
                self.opted_out.discard(phone)
                return "START", STARTED
        return "", ""
