"""A type of the domain as a Zod schema made of the emitted support functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from isotype.dialects.literals.typescript import typescript_regex, typescript_string
from isotype.dialects.patterns import javascript
from isotype.dialects.typescript import number_text
from isotype.dialects.typescript_layout import Call, Code, Entries, Items
from isotype.domain.types import INTEGERS, SAFE_INTEGER, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.domain.values import field, mutable

INTEGER_FUNCTIONS = {"smallint": "smallint", "int": "int", "bigint": "safeInteger"}
"""The functions for integers that are JSON numbers."""

_CONSTANTS = {"local_timestamp": "localTimestamp", "uuid": "uuidText"}
_EXACT = Context(prec=3000)

_KEYS = {
    "bigint": "bigintKey",
    "timestamp": "timestampKey",
    "local_timestamp": "timeKey",
    "time": "timeKey",
    "duration": "durationKey",
    "uuid": "uuidKey",
    "inet": "inetKey",
}
"""By which function items of an array are told apart, where their texts do not do it."""

_ORDER_KEYS = {"string": "textKey", "text": "textKey", "email": "textKey", "url": "textKey"}


@mutable
class Names:
    """What the code of a file speaks of: functions of the support module, enums, shapes, interfaces of shapes."""

    support: set[str] = field(default_factory=set)
    enums: set[str] = field(default_factory=set)
    shapes: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)

    def merge(self, other: Names) -> None:
        """Add everything that other code speaks of, which is kept for as long as these names are."""
        if id(other) in self.merged:
            return
        self.merged.add(id(other))
        # Most code speaks of little: the sets are empty more often than not.
        if other.support:
            self.support |= other.support
        if other.enums:
            self.enums |= other.enums
        if other.shapes:
            self.shapes |= other.shapes
        if other.types:
            self.types |= other.types

    def contents(self) -> tuple[frozenset[str], ...]:
        """All that they are, as a value."""
        return tuple(map(frozenset, (self.support, self.enums, self.shapes, self.types)))

    def function(self, name: str) -> str:
        """The name of a support function, which from now on is imported."""
        self.support.add(name)
        return name


def schema_name(name: str) -> str:
    """The constant that holds the schema of a shape or an enum."""
    return f"{name[:1].lower()}{name[1:]}Schema"


def optional(code: Code) -> Code:
    """A property that may be absent."""
    return Call("z.exactOptional", (code,))


def nullable(code: Code, really: bool = True) -> Code:
    """A value that may be null."""
    return Call("z.nullable", (code,)) if really else code


def type_code(of: Type, names: Names) -> Code:
    """The schema of a type."""
    match of:
        case Scalar():
            return _scalar(of, names)
        case EnumType(enum=enum):
            names.enums.add(enum.name)
            return schema_name(enum.name)
        case ObjectType(name=name):
            names.shapes.add(name)
            return schema_name(name)
        case Array():
            return _array(of, names)
        case Map(value=value, nullable_values=null, max_items=most):
            inner = nullable(type_code(value, names), null)
            return Call(names.function("mapping"), (inner,) if most is None else (inner, str(most)))
        case Opaque():
            return Call(names.function("text"), ())


def _scalar(of: Scalar, names: Names) -> Code:
    base = of.base
    if base in INTEGERS and (of.number or base != "bigint"):
        return _call(names, INTEGER_FUNCTIONS[base], tuple(_integer_bounds(of, str)))
    if base == "bigint":
        return _call(names, "bigint", tuple(_integer_bounds(of, lambda bound: typescript_string(str(bound)))))
    if base == "decimal":
        bounds = Entries(tuple(_decimal_bounds(of)))
        arguments: tuple[Code, ...] = (str(of.precision), str(of.scale), *((bounds,) if bounds.entries else ()))
        return Call(names.function("decimalNumber" if of.number else "decimalText"), arguments)
    if base == "float":
        return _call(names, "float", tuple(_bounds(of, number_text)))
    if base == "bool":
        return "z.boolean()"
    if base in ("string", "text", "email", "url"):
        return _call(names, "text" if base == "string" else base, tuple(_text_bounds(of)))
    return names.function(_CONSTANTS.get(base, base))


def _call(names: Names, function: str, bounds: tuple[tuple[str, Code], ...]) -> Code:
    return Call(names.function(function), (Entries(bounds),) if bounds else ())


def _text_bounds(of: Scalar) -> Iterator[tuple[str, Code]]:
    if of.min_length:
        yield "min", str(of.min_length)
    if of.longest is not None:
        yield "max", str(of.longest)
    if of.patterns:
        yield "patterns", Items(tuple(typescript_regex(javascript(pattern)) for pattern in of.patterns))


def _integer_bounds(of: Scalar, spell: Callable[[int], str]) -> Iterator[tuple[str, Code]]:
    """The bounds as inclusive integers, where they are tighter than the type itself."""
    lowest, highest = (-SAFE_INTEGER, SAFE_INTEGER) if of.base == "bigint" and of.number else INTEGERS[of.base]
    low, high = _inclusive(of)
    if low is not None and low > lowest:
        yield "min", spell(low)
    if high is not None and high < highest:
        yield "max", spell(high)


def _decimal_bounds(of: Scalar) -> Iterator[tuple[str, Code]]:
    """The bounds as given; one with more digits than the type has becomes the next value that the type can hold."""
    for name, bound in _named_bounds(of):
        exact = Decimal(bound)
        units = exact.scaleb(of.scale, _EXACT)
        if units == units.to_integral_value():
            yield name, number_text(bound) if of.number else typescript_string(number_text(bound))
            continue
        lower = name in ("min", "above")
        nearest = units.to_integral_value(ROUND_CEILING if lower else ROUND_FLOOR).scaleb(-of.scale, _EXACT)
        text = number_text(nearest)
        yield "min" if lower else "max", text if of.number else typescript_string(text)


def _bounds(of: Scalar, spell: Callable[[int | Decimal], str]) -> Iterator[tuple[str, Code]]:
    for name, bound in _named_bounds(of):
        yield name, spell(bound)


def _named_bounds(of: Scalar) -> Iterator[tuple[str, int | Decimal]]:
    for name, bound in (("min", of.minimum), ("max", of.maximum), ("above", of.above), ("below", of.below)):
        if bound is not None:
            yield name, bound


def _inclusive(of: Scalar) -> tuple[int | None, int | None]:
    lows = [_up(of.minimum)] if of.minimum is not None else []
    highs = [_down(of.maximum)] if of.maximum is not None else []
    if of.above is not None:
        lows.append(_down(of.above) + 1)
    if of.below is not None:
        highs.append(_up(of.below) - 1)
    return (max(lows) if lows else None, min(highs) if highs else None)


def _up(value: int | Decimal) -> int:
    return value if isinstance(value, int) else int(value.to_integral_value(ROUND_CEILING))


def _down(value: int | Decimal) -> int:
    return value if isinstance(value, int) else int(value.to_integral_value(ROUND_FLOOR))


def _array(of: Array, names: Names) -> Code:
    item = nullable(type_code(of.item, names), of.nullable_items)
    bounds: list[tuple[str, Code]] = []
    if of.min_items:
        bounds.append(("min", str(of.min_items)))
    if of.max_items is not None:
        bounds.append(("max", str(of.max_items)))
    bounds.extend((name, "true") for name, wanted in (("unique", of.unique_items), ("sorted", of.sorted)) if wanted)
    if not bounds:
        return Call("z.array", (item,))
    arguments: tuple[Code, ...] = (item, Entries(tuple(bounds)))
    if of.unique_items or of.sorted:
        arguments = (*arguments, *_key(of.item, of.sorted, names))
    return Call(names.function("list"), arguments)


def _key(of: Type, ordered: bool, names: Names) -> tuple[Code, ...]:
    match of:
        case Scalar(base="decimal", number=False, scale=scale):
            return (Call(names.function("decimalKey"), (str(scale),)),)
        case Scalar(base="bigint", number=True):
            return ()
        case Scalar(base=base):
            key = _KEYS.get(base) or (_ORDER_KEYS.get(base) if ordered else None)
            return (names.function(key),) if key else ()
    # The members of an enum are what they look like, and nothing else is ordered or told apart.
    return ()
