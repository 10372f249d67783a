"""Reads Stripe's nested form parameters and refuses what Stripe would refuse, in the codes that Stripe uses.

A shape is a dict of names. A name that ends in "!" must be there. Its value says what fits: "text", "int", "bool",
"map" (free names, text values), "filter" (text or a map), a frozenset (one of these words), a list of one shape (an
array) or another dict.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

Shape = dict[str, Any]


class StripeError(Exception):
    """An error answer: HTTP status, Stripe's type and code, the parameter at fault."""

    def __init__(self, status: int, message: str, code: str = "", param: str = "", kind: str = "invalid_request_error"):
        super().__init__(message)
        self.status, self.message, self.code, self.param, self.kind = status, message, code, param, kind

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        error = {"message": self.message, "type": self.kind}
        if self.code:
            error |= {
                "code": self.code,
                "doc_url": f"https://docs.stripe.com/error-codes#{self.code.replace('_', '-')}",
            }
        if self.param:
            error["param"] = self.param
        return {"error": error}


def missing(param: str) -> StripeError:
    """A parameter that has to be there."""
    return StripeError(400, f"Missing required param: {param}.", "parameter_missing", param)


def no_such(kind: str, wanted: str, param: str = "id") -> StripeError:
    """An object that is not there."""
    return StripeError(404, f"No such {kind}: '{wanted}'", "resource_missing", param)


def read(encoded: str, shape: Shape) -> dict[str, Any]:
    """The parameters of a form body or query string, in their types. Raises StripeError."""
    fields = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    tree: dict[str, Any] = {}
    for name, value in fields:
        _plant(
            tree, [part.group(1) or part.group(2) or "" for part in re.finditer(r"^([^\[]+)|\[([^\]]*)\]", name)], value
        )
    return _fields(tree, shape, "")


def _plant(tree: dict[str, Any], parts: list[str], value: str) -> None:
    for part in parts[:-1]:
        branch = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(branch, dict):
            raise StripeError(400, "Invalid request (check that your POST content type is form encoded)")
        tree = branch
    tree[parts[-1] or str(len(tree))] = value


def _fields(tree: dict[str, Any], shape: Shape, path: str) -> dict[str, Any]:
    shapes = {name.rstrip("!"): fit for name, fit in shape.items()}
    for name in tree:
        if name not in shapes:
            unknown = _below(path, name)
            raise StripeError(400, f"Received unknown parameter: {unknown}", "parameter_unknown", unknown)
    for name in shape:
        if name.endswith("!") and name[:-1] not in tree:
            raise missing(_below(path, name[:-1]))
    return {name: _value(value, shapes[name], _below(path, name)) for name, value in tree.items()}


def _below(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(value: Any, fit: Any, path: str) -> Any:
    if isinstance(fit, dict):
        return _fields(_branch(value, path), fit, path)
    if isinstance(fit, list):
        branch = _branch(value, path)
        return [_value(branch[key], fit[0], f"{path}[{key}]") for key in sorted(branch, key=_place)]
    if fit == "map":
        return {} if value == "" else _branch(value, path)
    if fit == "filter":
        return value
    return _scalar(value, fit, path)


def _place(key: str) -> int:
    return int(key) if key.isdecimal() else 0


def _branch(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StripeError(400, "Invalid object", "", path)
    return value


def _scalar(value: Any, fit: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise StripeError(400, "Invalid string", "", path)
    if fit == "int":
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise StripeError(400, f"Invalid integer: {value}", "parameter_invalid_integer", path)
        return int(value)
    if fit == "bool":
        if value not in ("true", "false"):
            raise StripeError(400, f"Invalid boolean: {value}", "", path)
        return value == "true"
    if isinstance(fit, frozenset) and value not in fit:
        raise StripeError(400, f"Invalid {path}: must be one of {', '.join(sorted(fit))}", "", path)
    return value
