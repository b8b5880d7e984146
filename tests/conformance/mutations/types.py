"""Every type in which one thing is another: a bound, a length, a form, an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from isotype.domain.types import (
    INTEGERS,
    TEXTUAL,
    Array,
    Enum,
    EnumType,
    EnumValue,
    Map,
    ObjectType,
    Scalar,
    Type,
)
from isotype.domain.values import replace
from tests.conformance.mutations import patterns

Change = tuple[str, Type]
"""The class of a change, and what the type is then."""

T = TypeVar("T", bound=Type)

_TEXT = Scalar("text")
_OTHER_BASES = {
    "smallint": ("int",),
    "int": ("smallint",),
    "timestamp": ("local_timestamp",),
    "local_timestamp": ("timestamp",),
}
"""Types that are taken for one another; any other form is taken for text."""


def mutated(of: Type) -> Iterator[Change]:
    """Every change of one thing of a type, with its class."""
    match of:
        case Scalar():
            yield from _scalar(of)
        case EnumType():
            yield "any text for an enum", _TEXT
        case Array():
            yield from _array(of)
        case Map():
            yield from _map(of)
        case ObjectType():
            yield "any JSON for an object", Scalar("json")


def enum_mutated(of: Enum) -> Iterator[tuple[str, str, Enum]]:
    """Each member dropped or renamed, and one that there is not added, with the member."""
    for place, value in enumerate(of.values):
        before, after = of.values[:place], of.values[place + 1 :]
        if len(of.values) > 1:
            yield "member dropped", value.value, replace(of, values=(*before, *after))
        renamed = replace(value, value=f"{value.value}x")
        yield "member renamed", value.value, replace(of, values=(*before, renamed, *after))
    first = of.texts[0]
    for text in (first.upper(), first[:-1]):
        if text and text not in of.texts:
            yield "member added", text, replace(of, values=(*of.values, EnumValue(text, "FURTHER")))


# Scalars


def _scalar(of: Scalar) -> Iterator[Change]:
    yield from _bounds(of)
    yield from _lengths(of)
    for place, pattern in enumerate(of.patterns):
        before, after = of.patterns[:place], of.patterns[place + 1 :]
        yield "pattern dropped", replace(of, patterns=(*before, *after))
        for kind, other in patterns.mutated(pattern):
            yield kind, replace(of, patterns=(*before, other, *after))
    if of.base == "decimal":
        yield from _digits(of)
    yield from _forms(of)


def _bounds(of: Scalar) -> Iterator[Change]:
    unit = Decimal(1).scaleb(-of.scale) if of.base == "decimal" else 1
    for word, other in (("minimum", "above"), ("maximum", "below"), ("above", "minimum"), ("below", "maximum")):
        bound = getattr(of, word)
        if bound is not None:
            for step in (unit, -unit):
                yield "bound off by one", _with(of, {word: bound + step})
            yield "bound dropped", _with(of, {word: None})
            kind = "> for >=" if word in ("minimum", "maximum") else ">= for >"
            yield kind, _with(of, {word: None, other: bound})


def _lengths(of: Scalar) -> Iterator[Change]:
    for word in ("length", "max_length", "min_length"):
        bound = getattr(of, word)
        if bound is not None:
            for step in (1, -1):
                if bound + step >= 0:
                    yield "length off by one", _with(of, {word: bound + step})
            free = {"base": "text"} if of.base == "string" and word == "length" else {}
            yield "length dropped", _with(of, {word: None, **free})


def _digits(of: Scalar) -> Iterator[Change]:
    yield "precision off by one", replace(of, precision=of.precision + 1)
    if of.precision > max(of.scale, 1):
        yield "precision off by one", replace(of, precision=of.precision - 1)
    if of.scale < of.precision:
        yield "scale off by one", replace(of, scale=of.scale + 1)
    if of.scale:
        yield "scale off by one", replace(of, scale=of.scale - 1)


def _forms(of: Scalar) -> Iterator[Change]:
    if of.base in ("bigint", "decimal") and (of.number or of.base == "bigint" or of.precision <= 15):
        yield "number for text" if not of.number else "text for a number", replace(of, number=not of.number)
    for base in _OTHER_BASES.get(of.base, ()):
        yield "another type", replace(of, base=base)
    if of.base in ("email", "url"):
        yield "form dropped", replace(of, base="string" if of.length is not None else "text")
    elif of.base in ("string", "text"):
        yield "any JSON for a text", Scalar("json")
    elif of.base in ("smallint", "int") or of.number:
        yield "a float for it", Scalar("float", minimum=of.minimum, maximum=of.maximum, above=of.above, below=of.below)
    elif of.base not in (*TEXTUAL, *INTEGERS, "json", "float", "bool"):
        yield "any text for it", _TEXT


# What holds others


def _array(of: Array) -> Iterator[Change]:
    kind = "null item refused" if of.nullable_items else "null item let through"
    yield kind, replace(of, nullable_items=not of.nullable_items)
    for word in ("min_items", "max_items"):
        yield from _counted(of, word)
    if not isinstance(of.item, ObjectType):
        kind = "equal items let through" if of.unique_items else "equal items refused"
        yield kind, replace(of, unique_items=not of.unique_items)
    if isinstance(of.item, Scalar) and of.item.base != "json":
        yield "any order let through" if of.sorted else "order asked for", replace(of, sorted=not of.sorted)
    for kind, item in mutated(of.item):
        yield f"item: {kind}", replace(of, item=item)


def _map(of: Map) -> Iterator[Change]:
    kind = "null item refused" if of.nullable_values else "null item let through"
    yield kind, replace(of, nullable_values=not of.nullable_values)
    yield from _counted(of, "max_items")
    for kind, value in mutated(of.value):
        yield f"item: {kind}", replace(of, value=value)


def _counted(of: Array | Map, word: str) -> Iterator[Change]:
    bound = getattr(of, word)
    if bound is not None:
        for step in (1, -1):
            if bound + step >= 0:
                yield "count off by one", _with(of, {word: bound + step})
        yield "count dropped", _with(of, {word: None})


def _with(of: T, changes: Mapping[str, Any]) -> T:
    """The type with other things in the place of some."""
    return replace(of, **changes)
