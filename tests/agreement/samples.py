"""Values that a type takes: the typical one first, then those at its edges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache
from itertools import islice

from isotype.dialects import patterns
from isotype.domain.expressions import Expression, Literal, Match, walk
from isotype.domain.formats import FORMATS
from isotype.domain.patterns import (
    Alternatives,
    Characters,
    Node,
    Pattern,
    Repeat,
    Sequence,
    members,
)
from isotype.domain.types import INTEGERS, SAFE_INTEGER, TEXTUAL, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.shapes import Shapes
from isotype.shapes.model import Property
from tests.agreement.values import ABSENT, Json, Raw
from tests.schemas_layer.wire_forms import examples

FORMS = frozenset({"timestamp", "local_timestamp", "date", "time", "duration", "uuid", "bytes", "inet"})
"""Types whose texts have one documented form, and no constraints."""

LONGEST = 3000
"""Texts longer than this are not worth their time."""


def samples(of: Type, shapes: Shapes) -> list[Json]:
    """Values of the type in canonical form, in an order that does not change."""
    return list(_samples(of, shapes))


def usual(of: Type, shapes: Shapes) -> Json:
    """The first sample; of an object that contains itself it is finite, though the others need not be small."""
    return next(_samples(of, shapes))


def _samples(of: Type, shapes: Shapes) -> Iterator[Json]:
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            yield from dict.fromkeys(texts(of))
        case Scalar(base=base) if base in FORMS:
            yield from documented(base)
        case Scalar(base="bool"):
            yield from (True, False)
        case Scalar(base="json"):
            yield from ({"a": [1, 2.5, None, "é🦉"]}, [], 0, "", False)
        case Scalar():
            yield from numbers(of)
        case EnumType(enum=enum):
            yield from enum.texts
        case Array():
            yield list(islice(distinct(of.item, shapes), of.min_items or 0))
            yield from _more_items(of, shapes)
        case Map():
            value = usual(of.value, shapes)
            yield from ({"a": value}, {}, *([{"a": None}] if of.nullable_values else []))
        case ObjectType(name=name):
            # A rule may refuse an object of nulls.
            inner = shapes.shape(name)
            yield record(name, shapes, whole=bool(inner.rules) and not inner.recursive)
        case Opaque():
            yield "some text"


def record(name: str, shapes: Shapes, whole: bool = False) -> dict[str, Json]:
    """A record of a shape: with only what it must have, or with every property."""
    found = {prop.name: sample(prop, shapes, whole) for prop in shapes.shape(name).properties}
    return {name: value for name, value in found.items() if value is not ABSENT}


def sample(prop: Property, shapes: Shapes, whole: bool) -> Json:
    """A value for a property."""
    if not whole and not prop.required:
        return ABSENT
    if not whole and prop.nullable:
        return None
    return usual(prop.type, shapes)


def _more_items(of: Array, shapes: Shapes) -> Iterator[list[Json]]:
    for size in ((of.min_items or 0) + 1, 2, of.max_items or 3):
        if size <= (3 if of.max_items is None else min(of.max_items, 40)):
            found = list(islice(distinct(of.item, shapes), size))
            if len(found) == size:
                yield found
    if of.nullable_items and of.max_items != 0:
        yield [None] * max(of.min_items or 0, 1)


def distinct(of: Type, shapes: Shapes) -> Iterator[Json]:
    """Values of a type, ascending, no two the same; as many as can be told, up to a thousand."""
    if isinstance(of, Scalar) and of.base in INTEGERS:
        first, last = (int(bound) for bound in limits(of))
        for number in range(first, min(last, first + 1000) + 1):
            yield written(of, Decimal(number))
    elif isinstance(of, Scalar) and of.base == "decimal":
        low, high = limits(of)
        step = Decimal(1).scaleb(-of.scale)
        yield from (written(of, low + step * n) for n in range(1000) if low + step * n <= high)
    elif isinstance(of, Scalar) and of.base in TEXTUAL:
        yield from sorted(set(_matching(of, range(0, 60))))
    elif isinstance(of, EnumType):
        yield from of.enum.texts
    elif isinstance(of, ObjectType):
        yield usual(of, shapes)
    else:
        found = samples(of, shapes)
        ordered = sorted(found, key=str) if isinstance(of, Scalar) and of.base in ("uuid", "date") else found
        yield from ordered


def hinted(rule: Expression, of: Type) -> list[Json]:
    """Values of a type that a rule speaks of, or that lie beside them."""
    if not isinstance(of, Scalar):
        return []
    found: list[Json] = []
    for node in walk(rule):
        if isinstance(node, Match) and of.base in TEXTUAL:
            head = _spell(node.pattern.root, 0)
            found += [text for text in (head, *(head + known[len(head) :] for known in texts(of))) if fits(of, text)]
        elif isinstance(node, Literal) and isinstance(node.value, str) and of.base in TEXTUAL and fits(of, node.value):
            found.append(node.value)
        elif isinstance(node, Literal) and type(node.value) in (int, Decimal) and of.base in (*INTEGERS, "decimal"):
            low, high = limits(of)
            step = Decimal(1) if of.base in INTEGERS else Decimal(1).scaleb(-of.scale)
            middle = _up(Decimal(str(node.value)), step)
            near = (middle - step, middle, middle + step)
            found += [written(of, number) for number in near if low <= number <= high]
    return found


# Numbers


def limits(of: Scalar) -> tuple[Decimal, Decimal]:
    """The least and greatest value of a number, both included; of a float, where nothing bounds it, a large one."""
    step = Decimal(1) if of.base in INTEGERS else Decimal(1).scaleb(-of.scale)
    low, high = type_limits(of)
    if of.base == "float":
        lows = [Decimal(bound) for bound in (of.minimum, of.above) if bound is not None]
        highs = [Decimal(bound) for bound in (of.maximum, of.below) if bound is not None]
        return max([low, *lows]), min([high, *highs])
    if of.minimum is not None:
        low = max(low, _up(Decimal(of.minimum), step))
    if of.above is not None:
        low = max(low, _down(Decimal(of.above), step) + step)
    if of.maximum is not None:
        high = min(high, _down(Decimal(of.maximum), step))
    if of.below is not None:
        high = min(high, _up(Decimal(of.below), step) - step)
    return low, high


def type_limits(of: Scalar) -> tuple[Decimal, Decimal]:
    """What the type alone allows."""
    if of.base in INTEGERS:
        low, high = (-SAFE_INTEGER, SAFE_INTEGER) if of.base == "bigint" and of.number else INTEGERS[of.base]
        return Decimal(low), Decimal(high)
    if of.base == "decimal":
        highest = Decimal(10**of.precision - 1).scaleb(-of.scale)
        return -highest, highest
    return Decimal("-1.5e300"), Decimal("1.5e300")


def _up(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_CEILING) * step


def _down(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def numbers(of: Scalar) -> list[Json]:
    """A middling number, the least and the greatest."""
    low, high = limits(of)
    if of.base == "float":
        low = low + (Decimal("0.25") if of.above is not None else 0)
        high = high - (Decimal("0.25") if of.below is not None else 0)
    middle = next((number for number in map(Decimal, (7, 1, 0)) if low <= number <= high), low)
    return [written(of, number) for number in dict.fromkeys((middle, low, high, max(low, min(high, Decimal(0)))))]


def written(of: Scalar, value: Decimal) -> Json:
    """A number in the wire form of its type."""
    if of.base == "float":
        return float(value)
    text = f"{value:.{of.scale}f}" if of.base == "decimal" else f"{value:.0f}"
    return Raw(text) if of.number or of.base in ("int", "smallint") else text


# Texts


@cache
def texts(of: Scalar) -> tuple[str, ...]:
    """The shortest text that can be told, then longer ones, the longest last."""
    found = sorted(_matching(of, (0, 1, 2, 5, 10, *range(11, 70, 7), (of.longest or 0), LONGEST)), key=len)
    assert found, of
    return (found[min(1, len(found) - 1)], *found)


def _matching(of: Scalar, extras: range | tuple[int, ...]) -> Iterator[str]:
    expected = [*([FORMATS[of.base]] if of.base in FORMATS else []), *of.patterns]
    for extra in extras:
        if extra <= LONGEST:
            for start in (*(_spell(pattern.root, extra) for pattern in reversed(expected)), "a" * extra):
                for text in (start, start + "a" * ((of.min_length or 0) - len(start))):
                    if fits(of, text):
                        yield text


def _spell(node: Node, extra: int) -> str:
    match node:
        case Characters():
            return _character(node)
        case Sequence(parts=parts):
            return "".join(_spell(part, extra) for part in parts)
        case Alternatives(options=options):
            return _spell(options[0], extra)
        case Repeat(part=part, low=low, high=high):
            return _spell(part, 0) * min(low + extra, low + extra if high is None else high)
    return ""


_READABLE = "a0bA1/.-_ "


@cache
def _character(node: Characters) -> str:
    ranges = members(node)
    signs: list[str] = [*_READABLE, *map(chr, range(0x21, 0x7F))]
    for sign in signs:
        if any(low <= ord(sign) <= high for low, high in ranges):
            return sign
    return chr(ranges[0][0])


def fits(of: Scalar, text: str) -> bool:
    """Whether a text without odd characters keeps every constraint."""
    if len(text) < (of.min_length or 0) or (of.longest is not None and len(text) > of.longest):
        return False
    expected = [*([FORMATS[of.base]] if of.base in FORMATS else []), *of.patterns]
    return all(_compiled(pattern).search(text) for pattern in expected)


@cache
def _compiled(pattern: Pattern) -> re.Pattern[str]:
    return re.compile(patterns.python(pattern))


@cache
def _documented() -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for example in examples():
        if example.heading in FORMS and example.canonical is not None:
            value = example.canonical[1:-1]
            values = found.setdefault(example.heading, [])
            if value not in values:
                values.append(value)
    return found


def documented(base: str) -> list[Json]:
    """Canonical values that docs/wire-forms.md gives for a type."""
    return list(_documented()[base])
