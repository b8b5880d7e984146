"""JSON values as probes hold them: Python's own, and texts that only the writer of JSON can choose."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from isotype.domain.model import JsonValue


@dataclass(frozen=True, slots=True)
class Raw:
    """JSON text as it stands: `1.0`, `1e400`, a repeated key."""

    text: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Stands for a property that is left out."""


ABSENT = Absent()
Json = Any
"""None, bool, int, float, str, list, dict, Raw; Absent as a property."""


def write(value: Json) -> str:
    """The JSON text of a value."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Mapping):
        entries = ((name, item) for name, item in value.items() if item is not ABSENT)
        return "{" + ", ".join(f"{json.dumps(name)}: {write(item)}" for name, item in entries) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(write, value)) + "]"
    return json.dumps(value)


def replaced(record: Mapping[str, Json], path: Sequence[str], value: Json) -> dict[str, Json]:
    """The record with another value at a path; objects on the way are copied, or made."""
    name, *rest = path
    inner = replaced(record.get(name) or {}, rest, value) if rest else value
    return {**record, name: inner}


def constant(value: Json) -> JsonValue:
    """The value as a constant of the schema has it: exact numbers, tuples."""
    if isinstance(value, Raw):
        return constant(json.loads(value.text, parse_float=Decimal))
    if isinstance(value, Mapping):
        return {name: constant(item) for name, item in value.items() if item is not ABSENT}
    if isinstance(value, list | tuple):
        return tuple(map(constant, value))
    if isinstance(value, float):
        return Decimal(repr(value))
    kept: JsonValue = value
    return kept
