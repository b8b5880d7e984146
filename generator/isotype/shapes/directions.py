"""Which objects travel into the API, which out of it, and the shape names that follow.

An object that travels both ways has two shapes, since inputs refuse unknown properties and outputs drop them:
the output keeps the plain name, the input is `…Input`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from isotype.domain.model import INTERNAL, READ, WRITE, Domain, Field, Payload
from isotype.domain.reach import reached, strongly_connected
from isotype.domain.types import Array, EnumType, Map, ObjectType, Scalar, Type, object_name
from isotype.domain.values import field, frozen
from isotype.shapes.model import INPUT, OUTPUT, Property


@frozen
class Directions:
    """The objects of a domain by direction of travel, and those that contain themselves.

    `carriers` keeps the properties that were made, by the identity and the words of the fields they carry; `lists`
    keeps lists of properties by their identities, `alike` what is found out of entities by the looks of their fields.
    """

    inputs: frozenset[str]
    outputs: frozenset[str]
    loops: frozenset[str]
    carriers: dict[object, Property] = field(default_factory=dict, compare=False)
    lists: dict[tuple[int, ...], tuple[Property, ...]] = field(default_factory=dict, compare=False)
    alike: dict[object, Any] = field(default_factory=dict, compare=False)

    def listed(self, properties: tuple[Property, ...]) -> tuple[Property, ...]:
        """These properties as the one list that all shapes have which hold them."""
        return self.lists.setdefault(tuple(map(id, properties)), properties)

    def of(self, name: str) -> tuple[str, ...]:
        """The directions an object has shapes for; one that nothing uses is an output."""
        into = (INPUT,) if name in self.inputs else ()
        out = (OUTPUT,) if name in self.outputs or not into else ()
        return (*into, *out)

    def input(self, name: str) -> str:
        """The name of an object's input shape."""
        return f"{name}Input" if name in self.outputs else name

    def output(self, name: str) -> str:
        """The name of an object's output shape."""
        return name

    def recursive(self, name: str) -> bool:
        return name in self.loops

    def wired(self, of: Type, direction: str) -> Type:
        """The type with objects replaced by the shapes of this direction."""
        match of:
            case Scalar() | EnumType():
                return of
            case ObjectType(name=name):
                return ObjectType(self.output(name) if direction == OUTPUT else self.input(name))
            case Array(item=item):
                inner = self.wired(item, direction)
                if inner is item:
                    return of
                return Array(inner, of.nullable_items, of.min_items, of.max_items, of.unique_items, of.sorted)
            case Map(value=value):
                inner = self.wired(value, direction)
                return of if inner is value else Map(inner, of.nullable_values, of.max_items)
            case _:
                return of


def directions(domain: Domain) -> Directions:
    """Follow every entity, view and operation to the objects it carries."""
    contents = {
        definition.name: frozenset(_objects(field.type for field in definition.fields)) for definition in domain.objects
    }
    into: set[str] = set()
    out: set[str] = set()
    for entity in domain.entities:
        if entity.api.exposed:
            into.update(_objects(_input_types(entity.fields)))
            into.update(_objects(one.field.type for one in entity.api.inputs))
            added = (*entity.api.added, *(field for shape in entity.api.shapes for field in shape.added))
            out.update(_objects(field.type for field in added))
            out.update(_objects(field.type for field in entity.fields if field.access not in (WRITE, INTERNAL)))
    for view in domain.views:
        out.update(_objects(field.type for field in view.columns))
    for operation in domain.operations:
        into.update(_payload(operation.body, contents))
        into.update(parameter.object for parameter in operation.parameters if parameter.object)
        out.update(_payload(operation.returns, contents))
    bodies = {entity.api.shape(variant) for entity in domain.entities for variant in ("create", "update")}
    into.update(name for name, inside in contents.items() if not inside.isdisjoint(bodies))
    return Directions(reached(into, contents), reached(out, contents), frozenset().union(*strongly_connected(contents)))


def _input_types(fields: tuple[Field, ...]) -> Iterable[Type]:
    return (field.type for field in fields if field.access not in (READ, INTERNAL) and field.computed is None)


def _payload(payload: Payload | None, contents: Mapping[str, frozenset[str]]) -> set[str]:
    if payload is None:
        return set()
    named = {payload.name} if payload.name in contents else set()
    return named | set(_objects([payload.type] if payload.type is not None else []))


def _objects(types: Iterable[Type]) -> Iterable[str]:
    return filter(None, map(object_name, types))
