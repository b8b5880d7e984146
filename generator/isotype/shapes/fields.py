"""From fields to properties and from rules to shape rules: what entities, objects and views share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from isotype.domain.expressions import names as expression_names
from isotype.domain.identifiers import schema_attribute, wire_name
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import Default, Field, Rule
from isotype.domain.types import Type
from isotype.domain.values import replace
from isotype.shapes.directions import Directions
from isotype.shapes.model import INPUT, OUTPUT, Operand, Property, ShapeRule


class FieldName(NamedTuple):
    """A field's name on the wire and on a Python schema."""

    wire: str
    attribute: str


FieldNames = Mapping[str, FieldName]


def field_names(fields: Iterable[Field], links: Collection[str], case: str) -> dict[str, FieldName]:
    """Both names of every field; `links` are fields that refer to another entity and go by their column's name."""
    return {
        field.name: _named(field.column if field.name in links and field.column else field.name, field.wire, case)
        for field in fields
    }


@lru_cache(maxsize=4096)
def _named(base: str, wire: str, case: str) -> FieldName:
    return FieldName(wire or wire_name(base, case), schema_attribute(base))


def literal(default: Default | None) -> Default | None:
    """The default when it is a constant."""
    return default if default is not None and default.kind == "literal" else None


def when_absent(field: Field) -> Default | None:
    """What a rule takes for a field that a create leaves out: its constant, NULL when it may be null, else unknown."""
    if field.default is None and field.nullable:
        return Default("literal", None)
    return literal(field.default)


def input_property(field: Field, names: FieldNames, used: Directions, variant: str = "create") -> Property:
    """The property that carries a field into the API; in an update nothing is required and nothing defaulted.

    Fields in the same words have one property, which does not know where they stand.
    """
    of = field.input.type if field.input is not None and variant in field.input.on else field.type
    default = None if variant == "update" else field.default
    key = (
        variant,
        names[field.name],
        field.name,
        id(of),
        id(default),
        field.nullable,
        field.optional,
        field.description,
        field.deprecated,
        field.access,
    )
    return used.carriers.get(key) or used.carriers.setdefault(key, _input_property(field, names, used, variant, of))


def _input_property(field: Field, names: FieldNames, used: Directions, variant: str, of: Type) -> Property:
    update = variant == "update"
    default = None if update else field.default
    wire, attribute = names[field.name]
    return Property(
        name=wire,
        attribute=attribute,
        field=field.name,
        type=used.wired(of, INPUT),
        required=not (update or field.nullable or field.optional or field.default is not None),
        nullable=field.nullable,
        default=literal(default),
        server_default=default is not None and default.kind != "literal",
        description=field.description,
        deprecated=field.deprecated,
        write_only=field.access == "write",
    )


def output_property(field: Field, names: FieldNames, used: Directions) -> Property:
    """The property that carries a field out of the API: always present unless the field is optional."""
    key = (
        OUTPUT,
        names[field.name],
        field.name,
        id(field.type),
        field.nullable,
        field.optional,
        field.description,
        field.deprecated,
        field.access,
    )
    return used.carriers.get(key) or used.carriers.setdefault(key, _output_property(field, names, used))


def _output_property(field: Field, names: FieldNames, used: Directions) -> Property:
    wire, attribute = names[field.name]
    return Property(
        name=wire,
        attribute=attribute,
        field=field.name,
        type=used.wired(field.type, OUTPUT),
        required=not field.optional,
        nullable=field.nullable,
        description=field.description,
        deprecated=field.deprecated,
        read_only=field.access == "read",
    )


def placed(prop: Property, field: Field) -> Property:
    """A property that knows itself where it stands, for the shape does not."""
    return replace(prop, place=field.place)


def properties(fields: Iterable[Field], names: FieldNames, direction: str, used: Directions) -> Iterator[Property]:
    """The properties of an object in one direction."""
    for field in fields:
        yield output_property(field, names, used) if direction == OUTPUT else input_property(field, names, used)


def rules(declared: Iterable[Rule], fields: Iterable[Field], names: FieldNames, direction: str) -> Iterator[ShapeRule]:
    """The rules of an object over its own properties."""
    by_name = {field.name: field for field in fields}
    for rule in declared:
        operands = tuple(
            Operand(
                name,
                (names[name].wire,),
                (names[name].attribute,),
                when_absent(by_name[name]) if direction == INPUT else None,
            )
            for name in expression_names(rule.that)
        )
        yield ShapeRule(rule.name, rule.that, rule.source, rule.message, operands)
