"""Constants and defaults in physical form."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from decimal import Decimal

from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import sqlite_string
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.domain.lazy import regular
from isotype.domain.model import Default, JsonValue
from isotype.domain.types import INTEGERS, Array, Map, ObjectType, Opaque, Scalar, Type

_NOW = {
    "timestamp": "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')",
    "local_timestamp": "strftime('%Y-%m-%dT%H:%M:%f000', 'now')",
    "date": "date('now')",
    "time": "strftime('%H:%M:%f000', 'now')",
}
_RANDOM_UUID = (
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'"
    " || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
)
_DURATION_PARTS = regular(r"([0-9]+(?:\.[0-9]+)?)([DHMS])")
_UNITS = {"D": 86_400_000_000, "H": 3_600_000_000, "M": 60_000_000, "S": 1_000_000}


def now(of: Type) -> str:
    """The current instant in the form of the type; the same throughout a statement."""
    return _NOW.get(of.base, _NOW["timestamp"]) if isinstance(of, Scalar) else _NOW["timestamp"]


def default_value(default: Default, of: Type) -> str:
    """What follows DEFAULT; '' when there is nothing to say, or when raw SQL has no counterpart here."""
    match default.kind:
        case "now":
            return f"({now(of)})"
        case "uuid":
            return f"({_RANDOM_UUID})"
        case "sql":
            return f"({default.sqlite.strip()})" if default.sqlite.strip() else ""
        case "literal" if default.value is not None:
            text = literal(default.value, of)
            return f"({text})" if text.startswith("char(") else text
    return ""


def literal(value: JsonValue, of: Type) -> str:
    """A constant in wire form, as SQL in physical form."""
    stored = physical(value, of)
    match stored:
        case None:
            return "NULL"
        case bool():
            return "1" if stored else "0"
        case bytes():
            return f"X'{stored.hex().upper()}'"
        case int():
            return str(stored)
        case Decimal():
            return repr(float(stored))
    return sqlite_string(stored)


def physical(value: JsonValue, of: Type) -> bool | int | Decimal | str | bytes | None:
    """A constant in wire form as SQLite stores it."""
    if value is None:
        return None
    match of:
        case Array(item=Scalar(base="float")) if isinstance(value, tuple):
            return f"[{','.join(map(_float, value))}]"
        case Array(item=item) if isinstance(value, tuple):
            return json_text(tuple(_item(part, item) for part in value), "")
        case Scalar(base="json") | Map() | ObjectType():
            return json_text(value, "")
        case Opaque():
            return str(value)
        case Scalar():
            return _scalar(value, of)
    return str(value)


def _scalar(value: JsonValue, of: Scalar) -> bool | int | Decimal | str | bytes:
    match of.base:
        case "bool":
            return bool(value)
        case base if base in INTEGERS:
            return int(str(value))
        case "decimal":
            exact = Decimal(str(value))
            if of.precision <= WIDEST_INTEGER:
                return int(exact.scaleb(of.scale))
            return f"{exact:.{of.scale}f}"
        case "float":
            return Decimal(str(value))
        case "bytes":
            return b64decode(str(value))
        case "timestamp" | "local_timestamp" | "time":
            zone = "Z" if of.base == "timestamp" else ""
            clock, _, fraction = str(value).removesuffix("Z").partition(".")
            return f"{clock}.{fraction:0<6}{zone}"
        case "duration":
            return _duration(str(value))
    return str(value) if not isinstance(value, Mapping | tuple) else json_text(value, "")


def _duration(text: str) -> str:
    total = 0
    for number, unit in _DURATION_PARTS.findall(text):
        total += int(Decimal(number) * _UNITS[unit])
    days, rest = divmod(total, _UNITS["D"])
    hours, rest = divmod(rest, _UNITS["H"])
    minutes, rest = divmod(rest, _UNITS["M"])
    seconds, fraction = divmod(rest, _UNITS["S"])
    return f"P{days:09}DT{hours:02}H{minutes:02}M{seconds:02}.{fraction:06}S"


def _float(value: JsonValue) -> str:
    """An item as every reader of doubles writes it again."""
    return "null" if value is None else repr(float(str(value)))


def _item(value: JsonValue, of: Type) -> JsonValue:
    """An item of an array: JSON has no bytes, and objects stay objects."""
    if value is None or isinstance(of, Array | Map | ObjectType) or (isinstance(of, Scalar) and of.base == "json"):
        return value
    stored = physical(value, of)
    return str(value) if isinstance(stored, bytes) else stored
