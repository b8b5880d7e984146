"""Conditions that hold a value to its physical form: true or NULL for it, false or NULL for anything else."""

from __future__ import annotations

from functools import lru_cache

from isotype.dialects.literals.sql import sqlite_string
from isotype.dialects.sqlite.gaps import ADDRESS, LOOSE_JSON
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import TEXTUAL, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type

_RANGES = {"smallint": (-(2**15), 2**15 - 1), "int": (-(2**31), 2**31 - 1)}
GREATEST_DOUBLE = "1.7976931348623157e308"
_FRACTION = "." + "[0-9]" * 6
_DURATION = "P" + "[0-9]" * 9 + "DT[0-2][0-9]H[0-5][0-9]M[0-5][0-9]" + _FRACTION + "S"
NO_NUL_ESCAPE = r"'\u0000'"
_TEXTS = frozenset((*TEXTUAL, "timestamp", "local_timestamp", "time", "duration", "uuid", "inet"))
"""Kept as text, and asked for U+0000 apart: GLOB and length() read no further. A date in a column is compared whole."""

Form = tuple[list[str], list[NotExpressible]]


# Columns of one name and type are many.
@lru_cache(maxsize=4096)
def form(of: Type, value: str, nullable: bool) -> tuple[tuple[str, ...], tuple[NotExpressible, ...]]:
    """Conditions to be joined by AND for a column of the type, and what they leave open."""
    conditions, gaps = _form(of, value, nullable)
    return tuple(conditions), tuple(gaps)


def _form(of: Type, value: str, nullable: bool) -> Form:
    match of:
        case Scalar(base="json"):
            return [*_json(value, nullable), f"json_type({value}) <> 'null'"], [LOOSE_JSON]
        case Scalar():
            tests, gaps = scalar_form(of, value)
            return [_without_nul(value), *tests] if _is_text(of) else tests, gaps
        case EnumType(enum=enum) if enum.native:
            return [f"{value} IN ({', '.join(map(sqlite_string, enum.texts))})"], []
        case Array(item=item):
            return [*_json(value, nullable, _holds_text(item)), f"json_type({value}) = 'array'"], []
        case Map() | ObjectType():
            return [*_json(value, nullable), f"json_type({value}) = 'object'"], [LOOSE_JSON]
        case Opaque():
            return [_without_nul(value)], []
    return [], []


def scalar_form(of: Scalar, value: str) -> Form:
    """The conditions for one value in a column, or for an item of an array."""
    if of.base in TEXTUAL:
        return [f"length({value}) <= {of.length}"] if of.length is not None else [], []
    if of.base in _RANGES:
        low, high = _RANGES[of.base]
        return within(of, value, str(low), str(high)), []
    match of.base:
        case "decimal" if of.precision <= WIDEST_INTEGER:
            limit = 10**of.precision - 1
            return within(of, value, f"-{limit}", str(limit)), []
        case "decimal":
            return _wide_decimal(of, value), []
        case "float":
            return within(of, value, f"-{GREATEST_DOUBLE}", GREATEST_DOUBLE), []
        case "bool":
            return [f"{value} IN (0, 1)"], []
        case "timestamp":
            return _instant(value, "Z"), []
        case "local_timestamp":
            return _instant(value, ""), []
        case "date":
            # In a CHECK it must not be asked which day `now` is.
            return [f"length({value}) = 10", *date_form(value)], []
        case "time":
            clock = f"{value} GLOB '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]{_FRACTION}'"
            return [clock, f"{value} < '24:00:00.000000'"], []
        case "duration":
            return [f"{value} GLOB '{_DURATION}'", f"substr({value}, 13) < '24H00M00.000000S'"], []
        case "uuid":
            return uuid_form(value), []
        case "inet":
            return [_address(value)], [ADDRESS]
    return [], []


def within(of: Scalar, value: str, low: str, high: str) -> list[str]:
    """The range of a type, as far as the schema gives no bounds: those are narrower, and are said beside."""
    least, most = of.minimum is None and of.above is None, of.maximum is None and of.below is None
    if least and most:
        return [f"{value} BETWEEN {low} AND {high}"]
    return [f"{value} >= {low}"] * least + [f"{value} <= {high}"] * most


def _instant(value: str, zone: str) -> list[str]:
    """Fixed width; seconds that are read and written again are the same only where there is such a day and hour."""
    seconds = f"substr({value}, 1, 19)"
    return [
        f"substr({value}, 20) GLOB '{_FRACTION}{zone}'",
        f"{seconds} IS strftime('%Y-%m-%dT%H:%M:%S', {seconds}, '+0 days')",
        f"{value} >= '0001-01-01T00:00:00.000000{zone}'",
    ]


def date_form(value: str) -> list[str]:
    """A day that exists, of the years 0001 to 9999; only with a modifier does SQLite say which day another is."""
    return [f"{value} IS date({value}, '+0 days')", f"{value} >= '0001-01-01'"]


def uuid_form(value: str) -> list[str]:
    """32 digits in five groups, lower case."""
    return [
        f"{value} GLOB '????????-????-????-????-????????????'",
        f"{value} NOT GLOB '*[^0-9a-f-]*'",
        f"length(replace({value}, '-', '')) = 32",
    ]


def _wide_decimal(of: Scalar, value: str) -> list[str]:
    """Canonical digits: one minus at most, no leading zero, exactly `scale` digits after the point, no minus zero."""
    digits = f"ltrim({value}, '-')"
    places, point = of.precision - of.scale, f".{'?' * of.scale}" if of.scale else ""
    zero = f"-0.{'0' * of.scale}" if of.scale else "-0"
    signs = f"{digits} NOT GLOB '*[^0-9{point[:1]}]*'"
    tests = [f"{value} NOT GLOB '?-*'", f"{value} <> '{zero}'", signs]
    if not point:
        return [*tests, f"{digits} NOT GLOB '0?*'", f"length({digits}) BETWEEN 1 AND {places}"]
    tests.append(f"{digits} NOT GLOB '*.*.*'")
    if not places:
        return [*tests, f"{digits} GLOB '0{point}'"]
    longest = places + len(point)
    return [*tests, f"{digits} GLOB '?*{point}'", f"{digits} NOT GLOB '0?*.*'", f"length({digits}) <= {longest}"]


def _address(value: str) -> str:
    """JSON, too, knows no leading zeros: four numbers of it are an IPv4 address."""
    numbers = f"'[' || replace({value}, '.', ',') || ']'"
    bytes_ = " AND ".join(f"json_extract({numbers}, '$[{place}]') <= 255" for place in range(4))
    old = f"CASE WHEN json_valid({numbers}) THEN json_array_length({numbers}) = 4 AND {bytes_} ELSE FALSE END"
    new = f"{value} GLOB '*:*:*' AND {value} NOT GLOB '*[^0-9a-f:.]*'"
    return f"CASE WHEN {value} NOT GLOB '*[^0-9.]*' THEN {old} ELSE {new} END"


def _json(value: str, nullable: bool, holds_text: bool = True) -> list[str]:
    """Well-formed JSON without U+0000; a backslash that is escaped escapes nothing."""
    # Before version 3.45 json_valid() is false, not NULL, for NULL.
    well_formed = f"({value} IS NULL OR json_valid({value}))" if nullable else f"json_valid({value})"
    # What follows U+0000 is no JSON that it reads.
    whole = [_without_nul(value), well_formed]
    return [*whole, rf"instr(replace({value}, '\\', ''), {NO_NUL_ESCAPE}) = 0"] if holds_text else whole


def _holds_text(item: Type) -> bool:
    return not isinstance(item, Scalar) or _is_text(item) or item.base in ("json", "bytes", "date")


def _is_text(of: Scalar) -> bool:
    return of.base in _TEXTS or (of.base == "decimal" and of.precision > WIDEST_INTEGER)


def _without_nul(value: str) -> str:
    return f"instr({value}, char(0)) = 0"
