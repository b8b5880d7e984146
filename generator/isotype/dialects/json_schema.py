"""How JSON Schema 2020-12 spells types: with and without format assertion, under ECMAScript and Python alike.

Patterns end in `(?![\\s\\S])`, since Python's `$` is also found before a last newline.
What no keyword can say is added to `gaps`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from isotype.dialects import patterns
from isotype.domain.formats import FORMATS
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import JsonValue
from isotype.domain.patterns import from_start
from isotype.domain.types import INTEGERS, SAFE_INTEGER, TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type

TARGET = "json_schema"

JsonSchema = dict[str, Any]
Refer = Callable[[str], str]

NO_NUL = "^[^\\u0000]*$"
_END = "(?![\\s\\S])"
_GREATEST = 1.7976931348623157e308

_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = (
    "(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
)
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?"
_OFFSET = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_HOURS, _MINUTES, _SECONDS = "[0-9]{1,9}H", "[0-9]{1,9}M", "[0-9]{1,9}(?:\\.[0-9]{1,6})?S"
_CLOCK = f"T(?:{_HOURS}(?:{_MINUTES})?(?:{_SECONDS})?|{_MINUTES}(?:{_SECONDS})?|{_SECONDS})"
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = f"{_BYTE}(?:\\.{_BYTE}){{3}}"
_GROUP = "[0-9a-fA-F]{1,4}"


def _ipv6() -> str:
    """RFC 3986, appendix A: before `::` stand up to as many groups as those after it leave room for."""
    last = f"(?:{_GROUP}:{_GROUP}|{_IPV4})"
    forms = [f"(?:{_GROUP}:){{6}}{last}", f"::(?:{_GROUP}:){{5}}{last}"]
    forms += [f"(?:(?:{_GROUP}:){{0,{before}}}{_GROUP})?::(?:{_GROUP}:){{{4 - before}}}{last}" for before in range(5)]
    forms += [f"(?:(?:{_GROUP}:){{0,5}}{_GROUP})?::{_GROUP}", f"(?:(?:{_GROUP}:){{0,6}}{_GROUP})?::"]
    return "|".join(forms)


def _whole(pattern: str) -> str:
    return f"^{pattern}{_END}"


_FORMS: Mapping[str, JsonSchema] = {
    "timestamp": {"format": "date-time", "pattern": _whole(f"{_DAY}T{_TIME}{_OFFSET}")},
    "local_timestamp": {"pattern": _whole(f"{_DAY}T{_TIME}")},
    "date": {"format": "date", "pattern": _whole(_DAY)},
    "time": {"pattern": _whole(_TIME)},
    "duration": {"pattern": _whole(f"P(?:[0-9]{{1,9}}D(?:{_CLOCK})?|{_CLOCK})")},
    "uuid": {"format": "uuid", "pattern": _whole("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")},
    "bytes": {"contentEncoding": "base64", "pattern": _whole(_BASE64)},
    "inet": {"pattern": _whole(f"(?:{_IPV4}|{_ipv6()})")},
}
"""Texts with one form. A `format` stands only where everything in the form also satisfies it."""

EQUAL_AS_JSON = frozenset({*TEXTUAL, *INTEGERS, "bool", "bytes", "date", "float", "json"})
"""Types whose values are the same exactly when their JSON is."""


class Printer:
    """Prints types; `refer` gives the address of a named schema, `gaps` collects what cannot be said."""

    def __init__(self, refer: Refer) -> None:
        self._refer = refer
        self.gaps: set[NotExpressible] = set()
        self._printed: dict[int, tuple[Type, JsonSchema]] = {}

    def schema(self, of: Type, nullable: bool = False) -> JsonSchema:
        """The schema of a type, which the caller may add to."""
        # The variants of an entity share the types of its fields.
        _, printed = self._printed.get(id(of)) or self._printed.setdefault(id(of), (of, self._schema(of)))
        return _or_null(printed) if nullable else dict(printed)

    def gap(self, construct: str, reason: str) -> None:
        """Put a construct into the ledger."""
        self.gaps.add(NotExpressible(construct, TARGET, reason))

    def _schema(self, of: Type) -> JsonSchema:
        match of:
            case Scalar():
                return self._scalar(of)
            case EnumType(enum=enum):
                return {"$ref": self._refer(enum.name)}
            case ObjectType(name=name):
                return {"$ref": self._refer(name)}
            case Array():
                return self._array(of)
            case Map():
                self._text_gap()
                bound = {} if of.max_items is None else {"maxProperties": of.max_items}
                values = self.schema(of.value, of.nullable_values)
                names = {"pattern": NO_NUL}
                return {"type": "object", "additionalProperties": values, "propertyNames": names, **bound}
            case _:
                self._text_gap()
                return {"type": "string", "pattern": NO_NUL}

    def _array(self, of: Array) -> JsonSchema:
        printed: JsonSchema = {"type": "array", "items": self.schema(of.item, of.nullable_items)}
        if of.min_items:
            printed["minItems"] = of.min_items
        if of.max_items is not None:
            printed["maxItems"] = of.max_items
        if of.unique_items:
            printed["uniqueItems"] = True
            if not isinstance(of.item, EnumType) and not (isinstance(of.item, Scalar) and _unique_as_json(of.item)):
                self.gap("unique_items of values with several spellings", "uniqueItems compares JSON, not meanings.")
        if of.sorted:
            self.gap("sorted", "No keyword compares the items of an array.")
        return printed

    def _scalar(self, of: Scalar) -> JsonSchema:
        if of.base in TEXTUAL:
            return self._text(of)
        if of.base in INTEGERS:
            return _big_integer(of) if of.base == "bigint" and not of.number else _integer(of)
        if of.base == "decimal":
            return self._decimal_number(of) if of.number else self._decimal(of)
        if of.base == "float":
            return {"type": "number", **_bounds(of, -_GREATEST, _GREATEST)}
        if of.base == "bool":
            return {"type": "boolean"}
        if of.base == "json":
            self.gap("json", "No keyword bounds the depth of free JSON or its texts and keys.")
            return {"type": ["array", "boolean", "number", "object", "string"]}
        if of.base == "timestamp":
            self.gap("timestamp", "A pattern cannot tell that an offset moves an instant out of the years 1 to 9999.")
        if of.base == "duration":
            self.gap("duration", "A pattern cannot add up parts to keep the whole below 10^9 days.")
        return {"type": "string", **_FORMS[of.base]}

    def _text_gap(self) -> None:
        self.gap("text", "Unpaired surrogates cannot be refused alike by expressions with and without flag `u`.")

    def _text(self, of: Scalar) -> JsonSchema:
        self._text_gap()
        printed: JsonSchema = {"type": "string"}
        if of.min_length:
            printed["minLength"] = of.min_length
        if of.longest is not None:
            printed["maxLength"] = of.longest
        parsed = [*([FORMATS[of.base]] if of.base in FORMATS else []), *of.patterns]
        rest = [] if any(map(patterns.excludes_nul, parsed)) else [NO_NUL]
        if len(parsed) + len(rest) == 1:
            printed["pattern"] = patterns.json_schema(parsed[0]) if parsed else NO_NUL
        else:
            # Tools that join them to one expression look for all of them at the start.
            texts = [*(patterns.json_schema(from_start(pattern)) for pattern in parsed), *rest]
            printed["allOf"] = [{"pattern": text} for text in texts]
        return printed

    def _decimal(self, of: Scalar) -> JsonSchema:
        rest = of.precision - of.scale - 1
        whole = "0" if rest < 0 else f"(?:0|[1-9][0-9]{{0,{rest}}})"
        fraction = f"(?:\\.[0-9]{{1,{of.scale}}})?" if of.scale else ""
        printed: JsonSchema = {"type": "string", "pattern": _whole(f"-?{whole}{fraction}")}
        bounds = {name: format(Decimal(bound), "f") for name, bound in _given(of)}
        if bounds:
            self.gap("bounds of decimals", "No keyword compares numbers that are written as text.")
            printed["x-isotype-bounds"] = bounds
        return printed

    def _decimal_number(self, of: Scalar) -> JsonSchema:
        self.gap("decimal with wire: number", "multipleOf is computed with rounding, so it cannot count digits.")
        limit = 10 ** (of.precision - of.scale)
        bounds = dict(_given(of))
        printed: JsonSchema = {"type": "number", **{name: _number(bound) for name, bound in bounds.items()}}
        if not bounds.keys() & {"minimum", "exclusiveMinimum"}:
            printed["exclusiveMinimum"] = -limit
        if not bounds.keys() & {"maximum", "exclusiveMaximum"}:
            printed["exclusiveMaximum"] = limit
        return printed


def _or_null(printed: JsonSchema) -> JsonSchema:
    kind = printed.get("type")
    if kind is None or "allOf" in printed:
        # Tools that take `allOf` apart forget what stands beside it when the type is a list.
        return {"anyOf": [printed, {"type": "null"}]}
    return {**printed, "type": [kind, "null"] if isinstance(kind, str) else [*kind, "null"]}


def _unique_as_json(of: Scalar) -> bool:
    return of.base in EQUAL_AS_JSON or (of.base == "decimal" and of.number)


def _given(of: Scalar) -> Iterator[tuple[str, int | Decimal]]:
    words = {
        "minimum": of.minimum,
        "exclusiveMinimum": of.above,
        "maximum": of.maximum,
        "exclusiveMaximum": of.below,
    }
    return ((word, bound) for word, bound in words.items() if bound is not None)


def _bounds(of: Scalar, low: float, high: float) -> JsonSchema:
    """The bounds of the schema, and those of the type where the schema gives none."""
    given = {word: _number(bound) for word, bound in _given(of)}
    if not given.keys() & {"minimum", "exclusiveMinimum"}:
        given["minimum"] = low
    if not given.keys() & {"maximum", "exclusiveMaximum"}:
        given["maximum"] = high
    return given


def _number(value: int | Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _integer(of: Scalar) -> JsonSchema:
    low, high = (-SAFE_INTEGER, SAFE_INTEGER) if of.base == "bigint" else INTEGERS[of.base]
    return {"type": "integer", **_bounds(of, low, high)}


def _big_integer(of: Scalar) -> JsonSchema:
    low, high = INTEGERS["bigint"]
    if of.minimum is not None:
        low = max(low, int(of.minimum))
    if of.above is not None:
        low = max(low, int(of.above) + 1)
    if of.maximum is not None:
        high = min(high, int(of.maximum))
    if of.below is not None:
        high = min(high, int(of.below) - 1)
    return {"type": "string", "pattern": _whole(f"(?:{'|'.join(_range_options(low, high))})")}


def _range_options(low: int, high: int) -> Iterator[str]:
    """Alternatives for the canonical decimal texts of the integers from low to high."""
    if low < 0:
        yield from (f"-{option}" for option in _natural_options(max(1, -high), -low))
    if high >= 0:
        yield from _natural_options(max(0, low), high)


def _natural_options(low: int, high: int) -> Iterator[str]:
    """Alternatives for natural numbers; lengths of which all numbers are meant go together."""
    if low == 0:
        yield "0"
        low = 1
    whole: list[int] = []
    for digits in range(len(str(low)), len(str(high)) + 1 if high >= low else 0):
        least, greatest = 10 ** (digits - 1), 10**digits - 1
        if low <= least and greatest <= high:
            whole.append(digits - 1)
        else:
            yield from _same_length(str(max(low, least)), str(min(high, greatest)))
    if whole:
        yield "[1-9]" + _digits(whole[0], whole[-1])


def _digits(low: int, high: int) -> str:
    if low == high:
        return "" if low == 0 else "[0-9]" if low == 1 else f"[0-9]{{{low}}}"
    return f"[0-9]{{{low},{high}}}"


def _same_length(low: str, high: str) -> Iterator[str]:
    """Alternatives for digit texts of one length from low to high."""
    if not low:
        yield ""
    elif set(low[1:]) <= {"0"} and set(high[1:]) <= {"9"}:
        yield _digit(low[0], high[0]) + _digits(len(low) - 1, len(low) - 1)
    elif low[0] == high[0]:
        yield from (low[0] + rest for rest in _same_length(low[1:], high[1:]))
    else:
        first, last = int(low[0]), int(high[0])
        rest = len(low) - 1
        if set(low[1:]) != {"0"}:
            yield from (low[0] + tail for tail in _same_length(low[1:], "9" * rest))
            first += 1
        top = last if set(high[1:]) == {"9"} else last - 1
        if first <= top:
            yield _digit(str(first), str(top)) + _digits(rest, rest)
        if top < last:
            yield from (high[0] + tail for tail in _same_length("0" * rest, high[1:]))


def _digit(low: str, high: str) -> str:
    return low if low == high else f"[{low}-{high}]"


def wire_constant(value: JsonValue, of: Type) -> Any:
    """A constant of the schema as JSON data of a type."""
    match of:
        case Scalar(base="bigint" | "decimal", number=False) if value is not None:
            return format(Decimal(str(value)), f".{of.scale}f") if of.base == "decimal" else str(value)
        case Scalar(base="decimal" | "bigint") if value is not None:
            return _number(Decimal(str(value)))
        case Array(item=inner) if isinstance(value, tuple | list):
            return [wire_constant(item, inner) for item in value]
        case Map(value=inner) if isinstance(value, Mapping):
            return {key: wire_constant(item, inner) for key, item in value.items()}
    return plain(value)


def plain(value: JsonValue) -> Any:
    """A constant as what `json.dumps` takes."""
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return list(map(plain, value)) if isinstance(value, tuple | list) else value
