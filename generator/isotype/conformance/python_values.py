"""What a model may be given for a column beside what JSON says: Python values that it refuses, and that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from math import isnan
from types import UnionType
from typing import Any
from uuid import UUID

from isotype.domain.lazy import NamedTuple
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.probes.meaning import DEEPEST_JSON as DEEPEST
from isotype.shapes import Shapes


class Expression:
    """SQL that is set in the place of a value, which is not known then."""

    def __repr__(self) -> str:
        return "an SQL expression"

    def __reduce__(self) -> str:
        # There is one in each process.
        return "EXPRESSION"


EXPRESSION = Expression()


class Given(NamedTuple):
    """What is given, the value that it stands for, and in which way it is another than the usual one."""

    way: str
    value: JsonValue
    given: Any


def taken(of: Type, value: JsonValue, shapes: Shapes) -> Iterator[Given]:
    """Other Python values for one that a column takes, and JSON that is as deep as it may be."""
    match of:
        case Scalar(base="decimal"):
            exact = Decimal(str(value))
            yield Given("more digits", value, Decimal(f"{exact:f}{'' if '.' in str(exact) else '.'}00"))
            yield Given("fewer digits", value, exact.normalize())
            if exact == exact.to_integral_value():
                yield Given("an integer", value, int(exact))
            if not exact:
                yield Given("minus zero", value, Decimal("-0.0"))
        case Scalar(base="float"):
            if float(str(value)).is_integer():
                yield Given("an integer", value, int(float(str(value))))
            if not float(str(value)):
                yield Given("minus zero", value, -0.0)
        case Scalar(base="timestamp"):
            zone = timezone(timedelta(hours=5, minutes=30))
            if (instant := datetime.fromisoformat(str(value))).year not in (1, 9999):
                yield Given("another zone", value, instant.astimezone(zone))
        case Scalar(base="json"):
            yield Given("lists as deep as may be", _lists(DEEPEST), document(_lists(DEEPEST)))
            yield Given("objects as deep as may be", _objects(DEEPEST), document(_objects(DEEPEST)))
        case Map(value=Scalar(base="json")):
            yield Given("values as deep as may be", {"a": _lists(DEEPEST)}, {"a": document(_lists(DEEPEST))})
        case ObjectType() if (deep := _deep(of, value, shapes)) is not None:
            yield Given("deeper than free JSON", deep, document(deep))
        case Map(value=ObjectType() as item) if isinstance(value, Mapping):
            for key, part in value.items():
                if (deep := _deep(item, part, shapes)) is not None:
                    yield Given("deeper than free JSON", {**value, key: deep}, document({**value, key: deep}))


def too_much(of: Type, value: JsonValue) -> Iterator[Any]:
    """What stands beyond a value that a column takes, and what no rule minds."""
    match of:
        case Scalar(base=base) if base in INTEGERS:
            yield float(str(value))
        case Scalar(base="json"):
            yield from (document(_lists(DEEPEST + 1)), document(_objects(DEEPEST + 1)))
        case Map(value=Scalar(base="json")):
            yield {"a": document(_lists(DEEPEST + 1))}


def _deep(of: ObjectType, value: JsonValue, shapes: Shapes) -> JsonValue:
    """A typed object inside of itself, again and again; None where it holds none of its kind."""
    shape = shapes.shape(of.name)
    inner = next((prop.name for prop in shape.properties if prop.type == of), None)
    if inner is None or shape.rules or not isinstance(value, Mapping):
        return None
    deep: JsonValue = value
    for _ in range(DEEPEST + 2):
        deep = {**value, inner: deep}
    return deep


def _lists(depth: int) -> JsonValue:
    made: JsonValue = ()
    for _ in range(depth - 1):
        made = (made,)
    return made


def _objects(depth: int) -> JsonValue:
    made: JsonValue = {}
    for _ in range(depth - 1):
        made = {"a": made}
    return made


def document(value: JsonValue) -> Any:
    """A constant of JSON as Python reads it."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
        case tuple():
            return list(map(document, value))
        case Mapping():
            return {name: document(part) for name, part in value.items()}
    return value


def refused(of: Type) -> Iterator[Any]:
    """Values of other Python types than that of a column, and those of its own that it does not hold."""
    match of:
        case Array(item=item):
            yield from ("x", 1, {}, ())
            if isinstance(item, Scalar):
                yield from ([value] * max(1, of.min_items or 0) for value in refused(item))
        case Map() | ObjectType():
            yield from ("x", 1, [], {1: 1}, {"a": b"x"}, {"a": {1}})
        case Scalar(base="json"):
            yield from (b"x", _NAN, {"a": _NAN}, [Decimal(1)], {1: 1}, {1, 2})
        case Scalar(base=base):
            own = _PYTHON.get(base, lambda value: isinstance(value, str))
            yield from (value for value in _ANY if not own(value))
        case EnumType():
            yield from (1, True, b"x", [])
        case Opaque():
            yield from (value for value in _ANY if not isinstance(value, str))


_NAN = float("nan")
_MOMENT = datetime(2024, 2, 29, 12)
_ANY: Sequence[Any] = (
    *(True, 1, 1.5, _NAN, float("inf"), Decimal(1), Decimal("NaN"), Decimal("Infinity"), "x", "1", b"x", [], {}, ["x"]),
    *(_MOMENT, _MOMENT.replace(tzinfo=UTC), _MOMENT.date(), _MOMENT.time(), _MOMENT.time().replace(tzinfo=UTC)),
    *(timedelta(1), -timedelta(1), UUID(int=1), IPv4Address("192.0.2.1"), IPv6Address("fe80::1%1"), object),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
)


def _is_number(value: Any, kinds: type | UnionType) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool) and value not in (float("inf"), Decimal("Infinity"))


_PYTHON: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("smallint", "int", "bigint"), lambda value: _is_number(value, int)),
    "decimal": lambda value: _is_number(value, int | Decimal) and not Decimal(value).is_nan(),
    "float": lambda value: _is_number(value, int | float) and not isnan(value),
    "bool": lambda value: isinstance(value, bool),
    "timestamp": lambda value: isinstance(value, datetime) and value.tzinfo is UTC,
    "local_timestamp": lambda value: isinstance(value, datetime) and value.tzinfo is None,
    "date": lambda value: type(value) is date,
    "time": lambda value: isinstance(value, time) and value.tzinfo is None,
    "duration": lambda value: isinstance(value, timedelta) and value >= timedelta(0),
    "uuid": lambda value: isinstance(value, UUID),
    "bytes": lambda value: isinstance(value, bytes),
    "inet": lambda value: isinstance(value, IPv4Address),
}
"""Which values a model takes for a column of a base; for any other, texts."""
