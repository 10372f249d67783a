"""How many SMS segments a text takes (3GPP TS 23.038, 23.040): our own count, to hold against the program's."""

_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = "\f^{}\\[~]|€"


def count(text: str) -> int:
    """Segments of 160 alone or 153 each in GSM-7 septets, else 70 or 67 UTF-16 units. No character is cut in two."""
    if all(one in _GSM or one in _ESCAPED for one in text):
        return _fill([2 if one in _ESCAPED else 1 for one in text], 160, 153)
    return _fill([len(one.encode("utf-16-be")) // 2 for one in text], 70, 67)


def _fill(sizes: list[int], alone: int, each: int) -> int:
    if sum(sizes) <= alone:
        return 1
    full, left = 1, each
    for size in sizes:
        if size > left:
            full, left = full + 1, each
        left -= size
    return full
