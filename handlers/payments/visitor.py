"""Who follows a link: a person, or a machine that looks at it for them."""

import re

from werkzeug.datastructures import Headers

# Messengers and mail scanners that fetch links to preview or to check them. They call themselves these.
_MACHINES = re.compile(
    r"bot\b|bot/|crawler|spider|preview|scanner|facebookexternalhit|facebot|whatsapp/|slack|skypeuri|telegram|discord"
    r"|google-safety|googleother|mediapartners|embedly|viber|headlesschrome",
    re.IGNORECASE,
)


def is_person(method: str, headers: Headers) -> bool:
    """Whether a person opened the page: not a HEAD, not a browser's prefetch, not a known machine."""
    purpose = f"{headers.get('Purpose', '')} {headers.get('Sec-Purpose', '')} {headers.get('X-Moz', '')}".lower()
    if method != "GET" or "prefetch" in purpose or "preview" in purpose:
        return False
    return not _MACHINES.search(headers.get("User-Agent", ""))
