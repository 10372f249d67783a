"""A form as Twilio sends it: every parameter, exactly as sent, decoded once (RULES T1, T5)."""

import re
from urllib.parse import parse_qsl

from flask import Request

from handlers.edge import MOST_PARAMETERS, refuse

_FORM = "application/x-www-form-urlencoded"


class Form(dict[str, list[str]]):
    """Parameter names and all their values, blank ones too. `getall` is what Twilio's validator asks for."""

    def getall(self, name: str) -> list[str]:
        """Every value sent under `name`, in order."""
        return self[name]

    def maybe(self, name: str, shape: re.Pattern[str] | None = None) -> str:
        """The value of `name`, empty if there is none. Sent twice or not of this shape, the request is refused."""
        values = self.get(name, ("",))
        if len(values) != 1 or (values[0] and shape and not shape.fullmatch(values[0])):
            refuse(400, f"field {name}")
        return values[0]

    def one(self, name: str, shape: re.Pattern[str]) -> str:
        """The value of `name`, which must be there, once, and of this shape (RULES T9)."""
        return self.maybe(name, shape) or refuse(400, f"field {name}")


def read_form(request: Request) -> Form:
    """Read the body. Anything but a urlencoded form in strict UTF-8 of at most 200 parameters is refused.

    JSON least of all: the validator would check it as an empty form and skip the hash of the body.
    """
    if request.mimetype != _FORM:
        refuse(415, "not a form")
    form = Form()
    try:
        body = request.get_data(cache=False).decode("utf-8")
        pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        refuse(400, "malformed form")
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form
