"""One row of every kind of field, each value in the form each witness holds it in."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from isotype.domain.expressions import ValueType

Row = Mapping[str, Any]
"""Python values by field name; None is NULL."""


@dataclass(frozen=True)
class Kind:
    """How a field is declared everywhere, and the values that try its boundaries."""

    type: ValueType
    postgres: str
    sqlite: str
    python: str
    typescript: str
    values: Sequence[Any]


SMALL = ValueType("integer", digits=5, number=True)
INT = ValueType("integer", digits=10, number=True)
BIG = ValueType("integer", digits=19)
SAFE = ValueType("integer", digits=19, number=True)
PRICE = ValueType("decimal", digits=12, scale=2)
RATE = ValueType("decimal", digits=6, scale=4, number=True)
WIDE = ValueType("decimal", digits=30, scale=8)
FLOAT = ValueType("float")
TEXT = ValueType("text")
STATUS = ValueType("enum", name="Status")
ENUMS = {"Status": ("pending", "done", "lost")}


def _array(item: ValueType) -> ValueType:
    return ValueType("array", item=item)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


_INTS = [0, 1, -1, 2, 7, 100, 2**31 - 1, -(2**31)]
_INSTANTS = [
    _instant("0001-01-01T00:00:00Z"),
    _instant("2024-02-29T23:59:59.999999Z"),
    _instant("2024-03-01T00:00:00Z"),
    _instant("1969-12-31T23:59:59.5Z"),
    _instant("9999-12-31T23:59:59.999999Z"),
]
_TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "b",
    "é",
    "e\u0301",
    "\ue000",
    "\U0001f600",
    "a%b_c",
    "it's \\ x",
    "a\nb",
    "Ω*[?]",
    "\uffee",
]
_DAYS = [date(1, 1, 1), date(2024, 2, 29), date(2024, 3, 1), date(9999, 12, 31)]
_UUIDS = [UUID("6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"), UUID(int=0), UUID(int=2**128 - 1)]
_PRICES = [Decimal(text) for text in ("0.00", "0.01", "-0.01", "9.99", "10.00", "9999999999.99", "-9999999999.99")]
_RATES = [Decimal(text) for text in ("0.0000", "0.0001", "0.5000", "1.0000", "-99.9999", "99.9999")]
_WIDES = [Decimal(text) for text in ("0.00000000", "0.00000001", "9999999999999999999999.99999999")]
_FLOATS = [0.0, 0.1, 0.5, 1.0, -1.5, 1e300, 5e-324, 0.30000000000000004]


def _lists(items: Sequence[Any]) -> list[list[Any]]:
    return [[], [items[0]], [items[1], items[2]], list(items)]


FIELDS: Mapping[str, Kind] = {
    "small": Kind(SMALL, "smallint", "INTEGER", "int", "number", [0, 1, -1, 5, 2**15 - 1, -(2**15)]),
    "a": Kind(INT, "int", "INTEGER", "int", "number", _INTS),
    "b": Kind(INT, "int", "INTEGER", "int", "number", _INTS),
    "big": Kind(BIG, "bigint", "INTEGER", "int", "string", [0, 1, -3, 2**62, 2**63 - 1, -(2**63), 10**12]),
    "other_big": Kind(BIG, "bigint", "INTEGER", "int", "string", [0, 1, -1, 2**62, 2**63 - 1, -(2**63)]),
    "safe": Kind(SAFE, "bigint", "INTEGER", "int", "number", [0, 2, 2**53 - 1, 1 - 2**53]),
    "price": Kind(PRICE, "numeric(12,2)", "INTEGER", "Decimal", "string", _PRICES),
    "cost": Kind(PRICE, "numeric(12,2)", "INTEGER", "Decimal", "string", _PRICES),
    "rate": Kind(RATE, "numeric(6,4)", "INTEGER", "Decimal", "number", _RATES),
    "wide": Kind(WIDE, "numeric(30,8)", "TEXT", "Decimal", "string", _WIDES),
    "score": Kind(FLOAT, "float8", "REAL", "float", "number", _FLOATS),
    "other_score": Kind(FLOAT, "float8", "REAL", "float", "number", _FLOATS),
    "name": Kind(TEXT, "varchar(40)", "TEXT", "str", "string", _TEXTS),
    "title": Kind(TEXT, "text", "TEXT", "str", "string", _TEXTS),
    "status": Kind(STATUS, "varchar(20)", "TEXT", "str", '"pending" | "done" | "lost"', ENUMS["Status"]),
    "phase": Kind(STATUS, "status", "TEXT", "str", '"pending" | "done" | "lost"', ENUMS["Status"]),
    "flag": Kind(ValueType("boolean"), "boolean", "INTEGER", "bool", "boolean", [True, False]),
    "ready": Kind(ValueType("boolean"), "boolean", "INTEGER", "bool", "boolean", [True, False]),
    "started": Kind(ValueType("timestamp"), "timestamptz", "TEXT", "datetime", "string", _INSTANTS),
    "ended": Kind(ValueType("timestamp"), "timestamptz", "TEXT", "datetime", "string", _INSTANTS),
    "planned": Kind(
        ValueType("local_timestamp"),
        "timestamp",
        "TEXT",
        "datetime",
        "string",
        [value.replace(tzinfo=None) for value in _INSTANTS],
    ),
    "day": Kind(ValueType("date"), "date", "TEXT", "date", "string", _DAYS),
    "last_day": Kind(ValueType("date"), "date", "TEXT", "date", "string", _DAYS),
    "opens": Kind(
        ValueType("time"),
        "time",
        "TEXT",
        "time",
        "string",
        [time(0), time(8, 30), time(8, 30, 0, 1), time(23, 59, 59, 999999)],
    ),
    "token": Kind(ValueType("uuid"), "uuid", "TEXT", "UUID", "string", _UUIDS),
    "owner": Kind(ValueType("uuid"), "uuid", "TEXT", "UUID", "string", _UUIDS),
    "doc": Kind(ValueType("json"), "jsonb", "TEXT", "object", "unknown", [{"a": 1}, []]),
    "levels": Kind(
        _array(INT),
        "int[]",
        "TEXT",
        "list[int | None]",
        "readonly (number | null)[]",
        [*_lists(_INTS), [1, None], [None]],
    ),
    "bigs": Kind(_array(BIG), "bigint[]", "TEXT", "list[int]", "readonly string[]", _lists([0, 2**63 - 1, -(2**63)])),
    "prices": Kind(_array(PRICE), "numeric(12,2)[]", "TEXT", "list[Decimal]", "readonly string[]", _lists(_PRICES)),
    "tags": Kind(_array(TEXT), "text[]", "TEXT", "list[str]", "readonly string[]", _lists(_TEXTS)),
    "states": Kind(
        _array(STATUS),
        "varchar(20)[]",
        "TEXT",
        "list[str]",
        'readonly ("pending" | "done" | "lost")[]',
        _lists(ENUMS["Status"]),
    ),
    "moments": Kind(
        _array(ValueType("timestamp")),
        "timestamptz[]",
        "TEXT",
        "list[datetime]",
        "readonly string[]",
        _lists(_INSTANTS),
    ),
    "owners": Kind(_array(ValueType("uuid")), "uuid[]", "TEXT", "list[UUID]", "readonly string[]", _lists(_UUIDS)),
}

TYPES = {name: kind.type for name, kind in FIELDS.items()}


def rows(seed: int, count: int) -> list[Row]:
    """Random rows; about one value in six is NULL."""
    source = random.Random(seed)
    return [
        {name: None if source.random() < 0.16 else source.choice(kind.values) for name, kind in FIELDS.items()}
        for _ in range(count)
    ]


def wire(of: ValueType, value: Any) -> Any:
    """A value as JSON holds it."""
    if value is None:
        return None
    match of.kind:
        case "array" if of.item:
            return [wire(of.item, item) for item in value]
        case "integer":
            return value if of.number else str(value)
        case "decimal":
            return float(value) if of.number else format(value, "f")
        case "timestamp":
            return value.isoformat().replace("+00:00", "Z")
        case "local_timestamp" | "date" | "time":
            return value.isoformat()
        case "uuid":
            return str(value)
    return value


def physical(of: ValueType, value: Any) -> Any:
    """A value as a SQLite column holds it."""
    if value is None:
        return None
    match of.kind:
        case "array" if of.item:
            return json.dumps([physical(of.item, item) for item in value], ensure_ascii=False)
        case "json":
            return json.dumps(value)
        case "decimal":
            return int(value.scaleb(of.scale)) if of.digits <= 18 else format(value, "f")
        case "timestamp":
            return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
        case "local_timestamp":
            return value.isoformat(timespec="microseconds")
        case "time":
            return value.isoformat(timespec="microseconds")
        case "date":
            return value.isoformat()
        case "uuid":
            return str(value)
    return value
