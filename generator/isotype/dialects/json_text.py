"""Constants of the schema as JSON text, numbers exact, keys in their own order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from isotype.domain.model import JsonValue


def json_text(value: JsonValue, blank: str = " ") -> str:
    """The value as JSON reads it back; characters stand for themselves where JSON allows it.

    A `blank` stands behind commas and colons.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return exact(value)
        case str():
            return _string(value)
        case Mapping():
            parts = (f"{_string(key)}:{blank}{json_text(item, blank)}" for key, item in value.items())
            return "{" + f",{blank}".join(parts) + "}"
    return "[" + f",{blank}".join(json_text(item, blank) for item in value) + "]"


def exact(number: int | Decimal) -> str:
    """The digits of a number, without an exponent."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def _string(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
