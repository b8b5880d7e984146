"""What holds for JSON values of a type, as SQL conditions over jsonb.

All together they are TRUE exactly for what the type means; for anything else they are FALSE or NULL, never an error.
They are NULL or FALSE for NULL too, so that what is absent is nothing that a property must have.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from isotype.dialects import patterns
from isotype.dialects.json_text import exact, json_text
from isotype.dialects.literals.sql import postgres_string
from isotype.dialects.postgres.helpers import TEXT_FORMS
from isotype.dialects.postgres.names import Names
from isotype.dialects.postgres.paths import number_path, value_path
from isotype.domain.formats import FORMATS
from isotype.domain.types import INTEGERS, Array, EnumType, Map, ObjectType, Scalar, Type

_LONGEST_COUNT = 255


class Property(Protocol):
    """A property of a typed JSON object."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> Type: ...
    @property
    def nullable(self) -> bool: ...
    @property
    def optional(self) -> bool: ...


def object_conditions(properties: Iterable[Property], value: str, names: Names) -> list[str]:
    """What an object must hold that is known to be one: no other keys, and a condition for each value."""
    known = tuple(properties)
    keys = [postgres_string(entry.name) for entry in known]
    found = [f"{value} - ARRAY[{', '.join(keys)}]::TEXT[] = '{{}}'"]
    for entry in known:
        key = postgres_string(entry.name)
        parts = conditions(entry.type, f"{value} -> {key}", names)
        escapes = [f"NOT {value} ? {key}"] * entry.optional + [f"{value} -> {key} = 'null'"] * entry.nullable
        if escapes:
            whole = " AND ".join(parts)
            found.append(f"({' OR '.join((*escapes, f'({whole})' if len(parts) > 1 else whole))})")
        else:
            found += parts
    return found


def conditions(of: Type, value: str, names: Names, depth: int = 1) -> list[str]:
    """Conditions to be joined by AND over `value`, an expression of type jsonb."""
    match of:
        case Scalar():
            return _scalar(of, value, names)
        case EnumType(enum=enum):
            options = ", ".join(postgres_string(json_text(text)) for text in enum.texts)
            return [f"{value} IN ({options})"]
        case ObjectType(name=name):
            return [f"{names.structure(name)}({value})"]
        case Map():
            return _map(of, value, names, depth)
        case Array():
            return _array(of, value, names, depth)
    return [_is(value, "string")]


def is_object(value: str) -> str:
    """Whether a JSON value is an object."""
    return _is(value, "object")


def _is(value: str, kind: str) -> str:
    return f"jsonb_typeof({value}) = '{kind}'"


def _bare_text(value: str) -> str:
    """The text of a JSON string: the last arrow of a path takes it, else the empty path does."""
    before, arrow, key = value.rpartition(" -> ")
    return f"{before} ->> {key}" if arrow else f"{value} #>> '{{}}'"


def _text(value: str) -> str:
    return f"({_bare_text(value)})"


def _scalar(of: Scalar, value: str, names: Names) -> list[str]:
    path = number_path(of)
    if path:
        return [f"{value} @@ '{path}'"]
    match of.base:
        case "json":
            return [f"jsonb_typeof({value}) <> 'null'", f"{names.helper('numbers_are_finite')}({value})"]
        case "bool":
            return [_is(value, "boolean")]
        case "bigint":
            low, high = INTEGERS["bigint"]
            return [_is(value, "string"), _numeric(_text(value), r"^(0|-?[1-9][0-9]{0,18})$", of, (low, high))]
        case "decimal":
            return [_is(value, "string"), _numeric(_text(value), _decimal_form(of), of, None)]
    found = [_is(value, "string")]
    text = _text(value)
    if of.base in TEXT_FORMS:
        # A number may read as bytes, and as nothing else that has a form.
        form = f"{names.helper(TEXT_FORMS[of.base])}({_bare_text(value)})"
        return [*found, form] if of.base == "bytes" else [form]
    found += _length(of, _bare_text(value))
    wanted = (*of.patterns, *([FORMATS[of.base]] if of.base in FORMATS else []))
    return found + [f"{text} ~ {postgres_string(patterns.postgres(pattern))}" for pattern in wanted]


def _length(of: Scalar, text: str) -> list[str]:
    match of.min_length, of.longest:
        case None, None:
            return []
        case None, most:
            return [f"char_length({text}) <= {most}"]
        case least, None:
            return [f"char_length({text}) >= {least}"]
        case least, most:
            return [f"char_length({text}) BETWEEN {least} AND {most}"]


def _numeric(text: str, form: str, of: Scalar, limits: tuple[int, int] | None) -> str:
    """A number in a JSON string: its form first, then its range, so that nothing else is ever cast."""
    sides = [(">=", of.minimum), (">", of.above), ("<=", of.maximum), ("<", of.below)]
    if limits:
        sides += [(">=", limits[0]), ("<=", limits[1])]
    tests = [f"{text}::NUMERIC {operator} {exact(bound)}" for operator, bound in sides if bound is not None]
    if not tests:
        return f"{text} ~ '{form}'"
    return f"CASE WHEN {text} ~ '{form}' THEN {' AND '.join(tests)} END"


def _decimal_form(of: Scalar) -> str:
    whole = of.precision - of.scale
    digits = "0" if whole == 0 else f"(0|[1-9]{_up_to(whole - 1)})"
    return f"^-?{digits}{_fraction(of.scale)}$"


def _fraction(scale: int) -> str:
    return rf"(\.[0-9]{_up_to(scale - 1)})?" if scale else ""


def _up_to(count: int) -> str:
    """Up to `count` further digits; a count in a regular expression goes to 255."""
    whole, rest = divmod(count, _LONGEST_COUNT)
    return f"[0-9]{{0,{_LONGEST_COUNT}}}" * whole + (f"[0-9]{{0,{rest}}}" if rest else "")


def _map(of: Map, value: str, names: Names, depth: int) -> list[str]:
    sizes = []
    if of.max_items is not None:
        sizes.append(f"jsonb_array_length(jsonb_path_query_array({value}, '$.*')) <= {of.max_items}")
    if is_plain(of):
        # The path is strict: it says nothing of what is no object.
        return sizes + _plain_parts(of.value, of.nullable_values, value, "$.*", names)
    entry = _nested("entry", depth)
    where = _violation(of.value, of.nullable_values, f"{entry}.value", names, depth)
    # The casts of the inner conditions wait for the outer ones.
    query = f"NOT EXISTS (SELECT FROM jsonb_each({value}) AS {entry}{where})"
    return [*sizes, f"CASE WHEN {is_object(value)} THEN {query} END"]


def _array(of: Array, value: str, names: Names, depth: int) -> list[str]:
    bounds = ((">=", of.min_items), ("<=", of.max_items))
    sizes = [f"$.size() {sign} {size}" for sign, size in bounds if size is not None]
    item = _nested("item", depth)
    if value_path(of.item):
        # The path is strict: it says nothing of what is no array.
        found = [f"{value} @@ '{' && '.join(sizes)}'"] if sizes else []
        found += _plain_parts(of.item, of.nullable_items, value, "$[*]", names)
    else:
        known = f"{value} @@ '$.type() == \"array\" && {' && '.join(sizes)}'" if sizes else _is(value, "array")
        where = _violation(of.item, of.nullable_items, f"{item}.value", names, depth)
        query = f"NOT EXISTS (SELECT FROM jsonb_array_elements({value}) AS {item}{where})"
        found = [f"CASE WHEN {known} THEN {query} END"]
    if of.unique_items or of.sorted:
        # Judged on values that already have the form, so that no cast can fail.
        parts = f"jsonb_array_elements({value}) WITH ORDINALITY AS {item} (value, place)"
        items = f"ARRAY(SELECT {comparable(of.item, f'{item}.value')} FROM {parts} ORDER BY {item}.place)"
        asked = (("items_are_unique", of.unique_items), ("items_are_sorted", of.sorted))
        calls = [f"{names.helper(name)}({items})" for name, is_asked in asked if is_asked]
        found = [f"CASE WHEN {' AND '.join(found)} THEN {' AND '.join(calls)} END"]
    return found


def is_plain(of: Map) -> bool:
    """Whether the conditions of a map hold no subquery, so that a CHECK can state them."""
    return bool(value_path(of.value))


def _plain_parts(of: Type, nullable: bool, value: str, parts: str, names: Names) -> list[str]:
    """No part of the value breaks what a path can say about it."""
    test = f"!({value_path(of)})" if value_path(of) != "@ != null" else "@ == null"
    # Strict, or the filter would look into an array where a value is wanted.
    found = [f"NOT {value} @? 'strict {parts} ? ({f'@ != null && {test}' if nullable else test})'"]
    if isinstance(of, Scalar) and of.base == "json":
        found.append(f"{names.helper('numbers_are_finite')}({value})")
    return found


def _violation(of: Type, nullable: bool, value: str, names: Names, depth: int) -> str:
    """The WHERE that finds a part which is none of the type."""
    escape = f"{value} <> 'null' AND " if nullable else ""
    return f" WHERE {escape}({' AND '.join(conditions(of, value, names, depth + 1))}) IS NOT TRUE"


def _nested(name: str, depth: int) -> str:
    return name if depth == 1 else f"{name}_{depth}"


_CASTS = {
    "smallint": "NUMERIC",
    "int": "NUMERIC",
    "bigint": "NUMERIC",
    "decimal": "NUMERIC",
    "float": "DOUBLE PRECISION",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ",
    "local_timestamp": "TIMESTAMP",
    "date": "DATE",
    "time": "TIME",
    "duration": "INTERVAL",
    "uuid": "UUID",
    "inet": "INET",
}
_INTEGER_CASTS = {"smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT"}


def comparable(of: Type, value: str) -> str:
    """A JSON value as the SQL value it stands for; JSON null is NULL."""
    match of:
        case Scalar(base="json") | Map() | ObjectType() | Array():
            return f"nullif({value}, 'null')"
        case Scalar(base="bytes"):
            return f"decode({_text(value)}, 'base64')"
        case Scalar(base=base) if base in _CASTS:
            return f"{_text(value)}::{_CASTS[base]}"
    return f'{_text(value)} COLLATE "C"'


def operand(of: Type, value: str) -> str:
    """A JSON value as an operand of a rule, in the type in which the rule computes."""
    match of:
        case Array(item=item):
            items = f"ARRAY(SELECT {_computed(item, 'item.value')} FROM jsonb_array_elements({value}) AS item)"
            return f"(CASE jsonb_typeof({value}) WHEN 'array' THEN {items} END)"
    text = _computed(of, value)
    return text if text == _text(value) else f"({text})"


def _computed(of: Type, value: str) -> str:
    text = comparable(of, value)
    if isinstance(of, Scalar) and of.base in _INTEGER_CASTS:
        return f"{text}::{_INTEGER_CASTS[of.base]}"
    return text.removesuffix(' COLLATE "C"')
