"""Every shape in which one thing is another: a property, what may be absent or null, a default, a name, a rule.

What a shape is made of is what a layer reads of it; words for people (descriptions, messages, marks of documents) are
no part of what is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from isotype.domain.model import Default, JsonValue
from isotype.domain.reach import reached
from isotype.domain.types import Array, EnumType, Map, ObjectType, Opaque, Scalar, Type, object_name
from isotype.domain.values import replace
from isotype.shapes.model import INPUT, OUTPUT, UPDATE, Operand, Property, Shape, ShapeRule, Shapes
from tests.conformance.mutations import expressions, types

Change = tuple[str, str, Shape]
"""The class of a change, the property or rule that it is about ('' for none), and what the shape is then."""


def mutated(shapes: Shapes, shape: Shape) -> Iterator[Change]:
    """Every change of one thing of a shape."""
    for place, prop in enumerate(shape.properties):
        before, after = shape.properties[:place], shape.properties[place + 1 :]
        if not any(operand.known and operand.wire[0] == prop.name for rule in shape.rules for operand in rule.operands):
            # A layer cannot print a rule over a property that is not there.
            yield "property dropped", prop.name, replace(shape, properties=(*before, *after))
        for kind, other in _of_property(shapes, shape, prop):
            yield kind, prop.name, _renamed(replace(shape, properties=(*before, other, *after)), prop, other)
    for place, rule in enumerate(shape.rules):
        rules = (*shape.rules[:place], *shape.rules[place + 1 :])
        yield "rule dropped", rule.name, replace(shape, rules=rules)
        for kind, changed in _of_rule(shapes, shape, rule):
            made = (*shape.rules[:place], changed, *shape.rules[place + 1 :])
            yield kind, rule.name, replace(shape, rules=made)
    for place, (name, _) in enumerate(shape.refused):
        yield "refused name forgotten", name, replace(shape, refused=shape.refused[:place] + shape.refused[place + 1 :])
    if shape.direction == OUTPUT:
        yield "unknown properties refused", "", replace(shape, direction=INPUT)
    else:
        yield "unknown properties let through", "", replace(shape, direction=OUTPUT)
        if shape.rules:
            word = "what is absent is not known" if shape.direction == INPUT else "what is absent is null"
            yield word, "", replace(shape, direction=UPDATE if shape.direction == INPUT else INPUT)


# Properties


def _of_property(shapes: Shapes, shape: Shape, prop: Property) -> Iterator[tuple[str, Property]]:
    yield "null refused" if prop.nullable else "null let through", replace(prop, nullable=not prop.nullable)
    yield "absence let through" if prop.required else "absence refused", replace(prop, required=not prop.required)
    yield "name misspelt", replace(prop, name=f"{prop.name}x")
    if prop.default is not None:
        yield "default lost", replace(prop, default=None)
        for value in other_values(prop.default.value, prop.type):
            yield "default changed", replace(prop, default=replace(prop.default, value=value))
    elif not prop.required and shape.direction == INPUT:
        for value in some_values(prop.type):
            yield "default from nowhere", replace(prop, default=Default("literal", value))
    if shape.rules and shape.direction == INPUT and not prop.required:
        yield (
            "server's value for null" if not prop.server_default else "null for the server's value",
            replace(prop, server_default=not prop.server_default),
        )
    for other in _siblings(shapes, shape, object_name(prop.type)):
        yield "another shape", replace(prop, type=_holding(prop.type, other))
    # No layer prints a constant in a type that lacks it, and no compiler takes a rule over what it cannot compute with.
    read = any(operand.wire[:1] == (prop.name,) for rule in shape.rules for operand in rule.operands)
    free = not read and (prop.default is None or prop.default.value is None)
    for kind, of in (*types.mutated(prop.type), *(_of_type(shapes, prop.type) if free else ())):
        yield kind, replace(prop, type=of)


def _of_type(shapes: Shapes, of: Type) -> Iterator[tuple[str, Type]]:
    """What stands in the place of a type where JSON is read, beside what does in tables too."""
    match of:
        case Array(item=item):
            yield "one item for a list", item
            for kind, other in _of_type(shapes, item):
                yield f"item: {kind}", replace(of, item=other)
        case Map(value=value):
            for kind, other in _of_type(shapes, value):
                yield f"item: {kind}", replace(of, value=other)
        case EnumType(enum=enum):
            others = (other for other in shapes.enums if set(other.texts) != set(enum.texts))
            yield from (("another enum", EnumType(other)) for other in islice(others, 1))
        case Scalar(base="bool" | "float") | Opaque():
            yield "any JSON for it", Scalar("json")
        case Scalar(base="json"):
            yield "an object for any JSON", Map(Scalar("json"), nullable_values=True)


def _siblings(shapes: Shapes, holder: Shape, name: str) -> Iterator[str]:
    """Shapes that could be taken for this one: they come from the same thing, and have something in common.

    What holds the holder is none of them, unless this one does so: the projection would have said that it is a loop.
    """
    own = shapes.by_name.get(name)
    if own is None:
        return
    looped = holder.name in _held(shapes, name)
    names = {prop.name for prop in own.properties}
    for other in shapes.by_name.values():
        shared = names & {prop.name for prop in other.properties}
        if other.owner != own.owner or other.name == name or len(shared) <= len(names) // 2:
            continue
        if looped or holder.name not in _held(shapes, other.name):
            yield other.name


def _holding(of: Type, name: str) -> Type:
    """The type with another shape in the place of the one that it holds."""
    match of:
        case Array(item=item):
            return replace(of, item=_holding(item, name))
        case Map(value=value):
            return replace(of, value=_holding(value, name))
    return ObjectType(name)


def _held(shapes: Shapes, name: str) -> frozenset[str]:
    """A shape, and all that stand in it."""
    edges = {
        of.name: [held for prop in of.properties if (held := object_name(prop.type))] for of in shapes.by_name.values()
    }
    return reached((name,), edges)


def _renamed(shape: Shape, prop: Property, other: Property) -> Shape:
    """The shape whose rules read a property by the name that it then has."""
    if prop.name == other.name or not shape.rules:
        return shape
    rules = [replace(rule, operands=tuple(_moved(one, prop, other) for one in rule.operands)) for rule in shape.rules]
    return replace(shape, rules=tuple(rules))


def _moved(operand: Operand, prop: Property, other: Property) -> Operand:
    if operand.wire[:1] != (prop.name,):
        return operand
    return replace(operand, wire=(other.name, *operand.wire[1:]))


def other_values(value: JsonValue, of: Type) -> Iterator[JsonValue]:
    """Constants beside a constant of a type."""
    match value, of:
        case bool(), _:
            yield not value
        case int() | Decimal(), Scalar(base="decimal", scale=scale):
            yield value + Decimal(1).scaleb(-scale)
        case int() | Decimal(), _:
            yield value + 1
        case str(), EnumType(enum=enum):
            yield next(text for text in (*enum.texts, "") if text != value)
        case str(), Scalar(base="string" | "text", patterns=()):
            yield f"{value}x"[: of.longest] if of.longest is None or len(value) < of.longest else value[:-1]
        case tuple(), _:
            if value:
                yield value[1:]


def some_values(of: Type) -> Iterator[JsonValue]:
    """A constant of a type, where one is at hand."""
    match of:
        case EnumType(enum=enum):
            yield enum.texts[0]
        case Scalar(base="bool"):
            yield False
        case Scalar(base="int" | "smallint" | "bigint", minimum=low):
            yield int(low or 0)
        case Scalar(base="string" | "text", patterns=()):
            yield "a" * (of.min_length or 1)


# Rules


def _of_rule(shapes: Shapes, shape: Shape, rule: ShapeRule) -> Iterator[tuple[str, ShapeRule]]:
    for kind, expression in expressions.mutated(rule.expression):
        yield f"rule: {kind}", replace(rule, expression=expression)
    for place, operand in enumerate(rule.operands):
        for kind, other in _of_operand(shapes, shape, operand):
            operands = (*rule.operands[:place], other, *rule.operands[place + 1 :])
            yield kind, replace(rule, operands=operands)


def _of_operand(shapes: Shapes, shape: Shape, operand: Operand) -> Iterator[tuple[str, Operand]]:
    if not operand.known:
        return
    yield "operand forgotten", replace(operand, wire=(), attributes=(), default=None)
    if operand.default is not None and shape.direction == INPUT:
        yield "default of an operand lost", replace(operand, default=None)
        prop = _at(shapes, shape, operand.wire)
        values = [*other_values(operand.default.value, prop.type)]
        if operand.default.value is None:
            values += some_values(prop.type)
        for value in values:
            yield "default of an operand changed", replace(operand, default=replace(operand.default, value=value))


def _at(shapes: Shapes, shape: Shape, path: tuple[str, ...]) -> Property:
    prop = next(prop for prop in shape.properties if prop.name == path[0])
    if len(path) == 1:
        return prop
    assert isinstance(prop.type, ObjectType)
    return _at(shapes, shapes.shape(prop.type.name), path[1:])
