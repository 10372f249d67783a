"""Reads the TwiML that the program answers a text with."""

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Said:
    """One <Message>: its text, how many pictures, where its status is to be told ("" for nowhere)."""

    body: str
    media: int = 0
    callback: str = ""


def parse(body: bytes) -> list[Said]:
    """The messages of a TwiML document, none if it is empty. Raises ValueError where Twilio would log an error."""
    if not body.strip():
        return []
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as fault:
        raise ValueError(f"12100: the answer is not XML ({fault})") from None
    if root.tag != "Response":
        raise ValueError("12200: the answer is not a <Response>")
    if unknown := [child.tag for child in root if child.tag not in ("Message", "Redirect")]:
        raise ValueError(f"12200: TwiML has no {unknown[0]} for messages")
    return [_said(element) for element in root.iter("Message")]


def _said(element: ElementTree.Element) -> Said:
    bodies = element.findall("Body")
    text = "".join(part.text or "" for part in bodies) if bodies else (element.text or "")
    callback = element.get("statusCallback") or element.get("action") or ""
    return Said(text.strip(), len(element.findall("Media")), callback)
