"""What a database gives back beside what it was given, each in the form of its type."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_interface
from typing import Any
from uuid import UUID

from isotype.conformance.comparison import agree
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, Array, Map, ObjectType, Opaque, Scalar, Type
from isotype.probes.meaning import plain


def same(of: Type, meant: JsonValue, found: Any) -> bool:
    """Whether PostgreSQL's JSON of a stored value is the value that was meant, as its type spells numbers."""
    return means(of, meant, found) and _is_spelled(of, found)


def means(of: Type, meant: JsonValue, found: Any) -> bool:
    """Whether a value that came from PostgreSQL is the one that was meant; numbers in it are `Decimal` or `int`."""
    try:
        return _same(of, meant, found)
    except (TypeError, ValueError, ArithmeticError):
        # It is no value of the type.
        return False


def formed(of: Type, nullable: bool, found: Any) -> bool:
    """Whether PostgreSQL's JSON of a stored value is one of the type, whatever its value."""
    if found is None:
        return nullable
    match of:
        case Array(item=item):
            return isinstance(found, list) and all(formed(item, of.nullable_items, one) for one in found)
        case Scalar(base="json") | Opaque():
            return True
        case Map() | ObjectType():
            return isinstance(found, Mapping)
        case Scalar(base="bool"):
            return isinstance(found, bool)
        case Scalar(base=base) if base in INTEGERS or base == "decimal":
            return _is_number(of, found)
        case Scalar(base="float"):
            return isinstance(found, int | Decimal) and not isinstance(found, bool)
    pattern = _FORMS.get(of.base) if isinstance(of, Scalar) else None
    return isinstance(found, str) and (pattern is None or bool(pattern.fullmatch(found)))


def _same(of: Type, meant: JsonValue, found: Any) -> bool:
    if meant is None or found is None:
        return meant is None and found is None
    match of:
        case Array(item=item):
            return (
                isinstance(meant, tuple)
                and isinstance(found, list)
                and len(meant) == len(found)
                and all(_same(item, one, other) for one, other in zip(meant, found, strict=True))
            )
        case Scalar(base="json") | Map() | ObjectType():
            return agree(plain(meant), _doubles(found))
        case Opaque():
            # Only the database knows how it spells a type that the schema does not.
            return True
        case Scalar(base="bool"):
            return found is meant
        case Scalar(base="float"):
            return float(found) == float(str(meant))
        case Scalar(base=base) if base in INTEGERS or base == "decimal":
            return bool(Decimal(str(found)) == Decimal(str(meant)))
        case Scalar(base="bytes"):
            return bytes.fromhex(str(found).removeprefix("\\x")) == b64decode(str(meant))
        case Scalar(base=base) if base in _READERS:
            return bool(_READERS[base](str(found)) == _READERS[base](str(meant)))
    return bool(found == meant)


def _is_spelled(of: Type, found: Any) -> bool:
    match of:
        case Array(item=item) if isinstance(found, list):
            return all(_is_spelled(item, one) for one in found)
        case Scalar(base=base) if (base in INTEGERS or base == "decimal") and found is not None:
            return _is_number(of, found)
    return True


def _is_number(of: Scalar, found: Any) -> bool:
    """Whether a number is spelled as its type does: PostgreSQL's NUMERIC shows as many digits as its scale."""
    if of.base == "decimal" and of.scale:
        return isinstance(found, Decimal) and found.as_tuple().exponent == -of.scale
    return isinstance(found, int) and not isinstance(found, bool)


def _doubles(value: Any) -> Any:
    """A document as JSON layers read it."""
    match value:
        case Decimal():
            return float(value)
        case list():
            return list(map(_doubles, value))
        case Mapping():
            return {name: _doubles(part) for name, part in value.items()}
    return value


def _instant(text: str) -> timedelta:
    """The time since 1970 of an instant in whatever zone; in some the last hours of 9999 are in another year."""
    cycle = timedelta(0)
    if text.startswith("10000-"):
        text, cycle = f"9600{text[5:]}", timedelta(146_097)
    return datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC) + cycle


def _elapsed(text: str) -> Any:
    from isotype.conformance.witnesses.models import elapsed

    return elapsed(text)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "timestamp": _instant,
    "local_timestamp": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": _elapsed,
    "uuid": UUID,
    "inet": ip_interface,
}

_FORMS: Mapping[str, re.Pattern[str]] = {
    base: re.compile(pattern)
    for base, pattern in {
        "timestamp": r"[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}[+-][0-9:]{5,}",
        "local_timestamp": r"[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}",
        "date": r"[0-9]{4,}-[0-9]{2}-[0-9]{2}",
        "time": r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?",
        "duration": r"P[-0-9.A-Z]+",
        "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "bytes": r"\\x([0-9a-f]{2})*",
        "inet": r"[0-9a-f.:/]+",
    }.items()
}
"""How PostgreSQL's JSON spells the values of types that JSON has no form for."""
