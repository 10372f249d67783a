"""Twilio's error codes as words for logs and operators (RULES T7; https://www.twilio.com/docs/api/errors)."""

from handlers.outbox.ends import OPTED_OUT

_WORDS = {
    21211: "not a phone number",
    21408: "country not allowed",
    21606: "our number cannot text",
    21610: OPTED_OUT,
    21612: "our number cannot reach it",
    21614: "not a mobile number",
    30003: "unreachable",
    30004: "blocked",
    30005: "unknown number",
    30006: "landline or unreachable carrier",
    30007: "filtered by the carrier",
    30008: "undelivered",
    63016: "outside the WhatsApp window",
}


def word(code: int | str | None) -> str:
    """What an error code says; an unknown one keeps its number."""
    digits = str(code or "")
    if not (digits.isascii() and digits.isdigit()):
        return "twilio"
    return _WORDS.get(int(digits), f"twilio {digits[:6]}")
