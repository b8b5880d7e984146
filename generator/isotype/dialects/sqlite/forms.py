"""Conditions that hold a value to its physical form: true or NULL for it, false or NULL for anything else."""

from __future__ import annotations

from functools import lru_cache

from isotype.dialects.literals.sql import sqlite_string
from isotype.dialects.sqlite.gaps import ADDRESS, LOOSE_JSON
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type

_RANGES = {"smallint": (-(2**15), 2**15 - 1), "int": (-(2**31), 2**31 - 1)}
_GREATEST_DOUBLE = "1.7976931348623157e308"
_FRACTION = "." + "[0-9]" * 6
_DURATION = "P" + "[0-9]" * 9 + "DT[0-2][0-9]H[0-5][0-9]M[0-5][0-9]" + _FRACTION + "S"
NO_NUL_ESCAPE = r"'\u0000'"

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
            return scalar_form(of, value)
        case EnumType(enum=enum) if enum.native:
            return [f"{value} IN ({', '.join(map(sqlite_string, enum.texts))})"], []
        case Array(item=item):
            return [*_json(value, nullable, _holds_text(item)), f"json_type({value}) = 'array'"], []
        case Map() | ObjectType():
            return [*_json(value, nullable), f"json_type({value}) = 'object'"], [LOOSE_JSON]
    return [], []


def scalar_form(of: Scalar, value: str) -> Form:
    """The conditions for one value in a column, or for an item of an array."""
    if of.base in TEXTUAL:
        length = [f"length({value}) <= {of.length}"] if of.length is not None else []
        return [f"instr({value}, char(0)) = 0", *length], []
    if of.base in _RANGES:
        low, high = _RANGES[of.base]
        return [f"{value} BETWEEN {low} AND {high}"], []
    match of.base:
        case "decimal" if of.precision <= WIDEST_INTEGER:
            limit = 10**of.precision - 1
            return [f"{value} BETWEEN -{limit} AND {limit}"], []
        case "decimal":
            return _wide_decimal(of, value), []
        case "float":
            return [f"abs({value}) <= {_GREATEST_DOUBLE}"], []
        case "bool":
            return [f"{value} IN (0, 1)"], []
        case "timestamp":
            return _instant(value, "Z"), []
        case "local_timestamp":
            return _instant(value, ""), []
        case "date":
            return date_form(value), []
        case "time":
            clock = f"{value} GLOB '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]{_FRACTION}'"
            return [clock, f"{value} < '24'"], []
        case "duration":
            return [f"{value} GLOB '{_DURATION}'", f"substr({value}, 13, 2) < '24'"], []
        case "uuid":
            return uuid_form(value), []
        case "inet":
            return [_address(value)], [ADDRESS]
    return [], []


def _instant(value: str, zone: str) -> list[str]:
    """Fixed width; seconds that are read and written again are the same only where there is such a day and hour."""
    seconds = f"substr({value}, 1, 19)"
    return [
        f"substr({value}, 20) GLOB '{_FRACTION}{zone}'",
        f"{seconds} IS strftime('%Y-%m-%dT%H:%M:%S', {seconds}, '+0 days')",
        f"{value} >= '0001'",
    ]


def date_form(value: str) -> list[str]:
    """A day that exists, of the years 0001 to 9999; only with a modifier does SQLite say which day another is."""
    return [f"{value} GLOB '????-??-??'", f"{value} IS date({value}, '+0 days')", f"{value} >= '0001'"]


def uuid_form(value: str) -> list[str]:
    """32 digits in five groups, lower case."""
    return [
        f"{value} GLOB '????????-????-????-????-????????????'",
        f"{value} NOT GLOB '*[^0-9a-f-]*'",
        f"length(replace({value}, '-', '')) = 32",
    ]


def _wide_decimal(of: Scalar, value: str) -> list[str]:
    """Canonical digits: no leading zero, exactly `scale` digits after the point, no minus zero."""
    whole = f"substr({value}, 1, length({value}) - {of.scale + 1})" if of.scale else value
    digits = f"ltrim({whole}, '-')"
    places = of.precision - of.scale
    zero = "-0" + ("." + "0" * of.scale if of.scale else "")
    return [
        *([f"{value} GLOB '*.{'[0-9]' * of.scale}'"] if of.scale else []),
        f"{whole} NOT GLOB '?*-*'",
        f"{digits} GLOB '[0-9]*'",
        f"{digits} NOT GLOB '*[^0-9]*'",
        f"{digits} NOT GLOB '0?*'",
        f"length({digits}) <= {places}" if places else f"{digits} = '0'",
        f"{value} <> '{zero}'",
    ]


def _address(value: str) -> str:
    """JSON, too, knows no leading zeros: four numbers of it are an IPv4 address."""
    numbers = f"'[' || replace({value}, '.', ',') || ']'"
    bytes_ = " AND ".join(f"json_extract({numbers}, '$[{place}]') <= 255" for place in range(4))
    old = f"CASE WHEN json_valid({numbers}) THEN json_array_length({numbers}) = 4 AND {bytes_} ELSE FALSE END"
    new = f"length({value}) <= 45 AND {value} GLOB '*:*:*' AND {value} NOT GLOB '*[^0-9a-f:.]*'"
    return f"CASE WHEN {value} NOT GLOB '*[^0-9.]*' THEN {old} ELSE {new} END"


def _json(value: str, nullable: bool, holds_text: bool = True) -> list[str]:
    """Well-formed JSON without U+0000; a backslash that is escaped escapes nothing."""
    # Before version 3.45 json_valid() is false, not NULL, for NULL.
    well_formed = f"({value} IS NULL OR json_valid({value}))" if nullable else f"json_valid({value})"
    if not holds_text:
        return [well_formed]
    return [
        f"instr({value}, char(0)) = 0",
        well_formed,
        rf"instr(replace({value}, '\\', ''), {NO_NUL_ESCAPE}) = 0",
    ]


def _holds_text(item: Type) -> bool:
    return not isinstance(item, Scalar) or item.base in (*TEXTUAL, "json")
