"""The CHECKs a column's type asks for, and the structure of typed JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from isotype.domain.expressions import (
    BOOLEAN,
    TEXT,
    And,
    Between,
    Call,
    Compare,
    Expression,
    In,
    Literal,
    Match,
    Name,
    ValueType,
    names,
    rename,
)
from isotype.domain.formats import FORMATS
from isotype.domain.identifiers import shorten, wire_name
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import Domain, Field, ObjectDefinition
from isotype.domain.names import snake
from isotype.domain.patterns import Pattern
from isotype.domain.types import Array, EnumType, Map, ObjectType, Scalar, Type, value_type
from isotype.tables.model import Check, JsonProperty, JsonStructure

_LENGTH = ValueType("integer", digits=10)


def column_checks(table: str, column: str, field: Field) -> Iterator[Check]:
    """One CHECK per kind of constraint of the field's type, so that a refusal names the reason."""
    for kind, suffix, given, expression in _conditions(column, field.type):
        name = field.constraints.get(given) or shorten(f"{table}_{column}_{suffix}")
        yield Check(name, kind, (column,), expression, None if expression else field.type, place=field.place)


class _Condition(NamedTuple):
    """A CHECK before it has a name: `suffix` ends the name that it gets when the schema gives none as `given`."""

    kind: str
    suffix: str
    given: str
    expression: Expression | None = None


# Columns of one name and type are many, and what shares a tree is printed once.
@lru_cache(maxsize=4096)
def _conditions(column: str, of: Type) -> tuple[_Condition, ...]:
    found: list[_Condition] = []
    match of:
        case EnumType(enum=enum) if not enum.native:
            found.append(_Condition("enum", "check", "check", _membership(column, of)))
        case Scalar():
            if (bounds := _bounds(Name(column, type=value_type(of)), of)) is not None:
                found.append(_Condition("range", "check", "check", bounds))
            if (length := _length(column, of)) is not None:
                found.append(_Condition("length", "length_check", "length", length))
            if of.patterns:
                found.append(_Condition("pattern", "pattern_check", "pattern", _match(column, of.patterns)))
            if of.base in FORMATS:
                found.append(_Condition("pattern", "format_check", "format", _match(column, (FORMATS[of.base],))))
        case Array():
            found.append(_Condition("items", "items_check", "items"))
        case Map() | ObjectType():
            found.append(_Condition("object", "object_check", "object"))
    return tuple(found)


def _membership(column: str, of: EnumType) -> Expression:
    kind = value_type(of)
    options = tuple(Literal(text, type=kind) for text in of.enum.texts)
    return In(Name(column, type=kind), options, type=BOOLEAN)


def _bounds(value: Expression, of: Scalar) -> Expression | None:
    """The range of a number: BETWEEN when both ends are inclusive."""
    kind = value.type

    def literal(bound: int | Decimal) -> Literal:
        return Literal(bound, type=kind)

    if of.minimum is not None and of.maximum is not None:
        return Between(value, literal(of.minimum), literal(of.maximum), type=BOOLEAN)
    sides = ((">=", of.minimum), (">", of.above), ("<=", of.maximum), ("<", of.below))
    parts = tuple(Compare(op, value, literal(bound), type=BOOLEAN) for op, bound in sides if bound is not None)
    if len(parts) > 1:
        return And(parts, type=BOOLEAN)
    return parts[0] if parts else None


def _length(column: str, of: Scalar) -> Expression | None:
    """What the declared n of `string(n)` does not say already."""
    longest = of.max_length if of.length is None or (of.max_length or of.length) < of.length else None
    length = Call("length", (Name(column, type=TEXT),), type=_LENGTH)
    if of.min_length is not None and longest is not None:
        low, high = Literal(of.min_length, type=_LENGTH), Literal(longest, type=_LENGTH)
        return Between(length, low, high, type=BOOLEAN)
    if of.min_length is not None:
        return Compare(">=", length, Literal(of.min_length, type=_LENGTH), type=BOOLEAN)
    if longest is not None:
        return Compare("<=", length, Literal(longest, type=_LENGTH), type=BOOLEAN)
    return None


def _match(column: str, patterns: tuple[Pattern, ...]) -> Expression:
    parts = tuple(Match(Name(column, type=TEXT), pattern, type=BOOLEAN) for pattern in patterns)
    return parts[0] if len(parts) == 1 else And(parts, type=BOOLEAN)


def structures(domain: Domain) -> tuple[JsonStructure, ...]:
    """The objects that some column holds as typed JSON, those they contain first."""
    definitions = {definition.name: definition for definition in domain.objects}
    found: dict[str, JsonStructure] = {}
    visiting: set[str] = set()

    def visit(of: Type) -> None:
        match of:
            case Array(item=item):
                visit(item)
            case Map(value=value):
                visit(value)
            case ObjectType(name=name) if name not in visiting:
                visiting.add(name)
                definition = definitions[name]
                for field in definition.fields:
                    visit(field.type)
                found[name] = _structure(domain, definition)

    for entity in domain.entities:
        for field in entity.fields:
            visit(field.type)
    return tuple(found.values())


def _structure(domain: Domain, definition: ObjectDefinition) -> JsonStructure:
    wire = {field.name: field.wire or wire_name(field.name, domain.case) for field in definition.fields}
    return JsonStructure(
        name=definition.name,
        function=shorten(f"is_{snake(definition.name)}"),
        properties=tuple(
            JsonProperty(wire[field.name], field.type, field.nullable, field.optional) for field in definition.fields
        ),
        rules=tuple(
            Check(
                rule.name,
                "rule",
                tuple(wire[field] for field in names(rule.that)),
                rename(rule.that, wire),
                message=rule.message,
                place=rule.place,
            )
            for rule in definition.rules
            if not rule.on
        ),
        place=definition.place,
    )
