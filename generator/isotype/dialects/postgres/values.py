"""Constants and defaults as PostgreSQL writes them."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from decimal import Decimal

from isotype.dialects.json_text import exact, json_text
from isotype.dialects.literals.sql import postgres_string
from isotype.dialects.postgres.types import column_type
from isotype.domain.lazy import regular
from isotype.domain.model import Default, JsonValue
from isotype.domain.types import INTEGERS, Array, Enum, Map, ObjectType, Scalar, Type

_NUMBERS = frozenset((*INTEGERS, "decimal", "float"))
_ONE_CALL = regular(r"[a-z_][a-z0-9_.]*\([^()]*\)\Z", re.IGNORECASE)

# Fields without a time zone hold UTC, whatever the session's zone is.
_NOW = {
    "timestamp": "CURRENT_TIMESTAMP",
    "local_timestamp": "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'",
    "date": "CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS DATE)",
    "time": "CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS TIME)",
}


def now(of: Type) -> str:
    """The current instant as a value of the type."""
    return _NOW.get(of.base, _NOW["timestamp"]) if isinstance(of, Scalar) else _NOW["timestamp"]


def default_value(default: Default, of: Type, enum_name: Callable[[Enum], str]) -> str:
    """What follows DEFAULT; '' for an identity, and for NULL, which is the default of every column."""
    match default.kind:
        case "now":
            text = now(of)
            return f"({text})" if " " in text and not text.startswith("CAST") else text
        case "uuid":
            return "gen_random_uuid()"
        case "sql":
            text = str(default.value).strip()
            return text if _ONE_CALL.match(text) else f"({text})"
        case "literal" if default.value is not None:
            return literal(default.value, of, enum_name)
    return ""


def literal(value: JsonValue, of: Type, enum_name: Callable[[Enum], str]) -> str:
    """A constant in wire form, as a value that can be assigned to a column of the type."""
    if value is None:
        return "NULL"
    match of:
        case Scalar(base="json") | Map() | ObjectType():
            return f"{postgres_string(json_text(value))}::JSONB"
        case Array(item=item) if isinstance(value, tuple):
            kind = column_type(of, enum_name)
            if not value:
                return f"'{{}}'::{kind}"
            return f"ARRAY[{', '.join(_element(part, item, enum_name) for part in value)}]::{kind}"
        case Scalar(base="bytes"):
            return f"'\\x{b64decode(str(value)).hex()}'"
        case Scalar(base=base) if base in _NUMBERS:
            return exact(value) if isinstance(value, int | Decimal) else str(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Mapping | tuple):
        return postgres_string(json_text(value))
    return postgres_string(str(value))


def _element(value: JsonValue, of: Type, enum_name: Callable[[Enum], str]) -> str:
    """An item of ARRAY[…], whose cast types it."""
    text = literal(value, of, enum_name)
    return text.removesuffix("::JSONB") if text.startswith(("'", "E'")) else text
