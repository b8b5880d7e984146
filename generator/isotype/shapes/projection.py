"""From a domain to its shapes: entities in their variants, objects per direction, views, operations."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from isotype.domain.identifiers import module_name
from isotype.domain.model import Domain, ObjectDefinition, View
from isotype.domain.types import Array, EnumType, Map, ObjectType, Type
from isotype.shapes.directions import Directions, directions
from isotype.shapes.entities import entity_shapes, state_machines
from isotype.shapes.fields import field_names, output_property, page_shape, properties, rules
from isotype.shapes.model import INPUT, OUTPUT, Shape, ShapeModule, Shapes, StateMachine
from isotype.shapes.operations import error_shapes, operations, paged


def project(domain: Domain) -> Shapes:
    """Every shape and operation of a domain, in source order."""
    used = directions(domain)
    pages = paged(domain)
    drafts: list[tuple[str, str, str, tuple[Shape, ...], tuple[StateMachine, ...], str]] = []
    for entity in domain.entities:
        if entity.api.exposed:
            shapes = tuple(entity_shapes(domain, entity, used))
            machines = tuple(state_machines(entity))
            drafts.append(
                (module_name(entity.name), entity.api.name, entity.name, shapes, machines, entity.description)
            )
    for definition in domain.objects:
        shapes = tuple(_object_shapes(domain, definition, used))
        if definition.name in pages:
            shapes = (
                *shapes,
                page_shape(domain, definition.name, used.output(definition.name), definition.name, definition.place),
            )
        drafts.append((module_name(definition.name), definition.name, "", shapes, (), definition.description))
    for view in domain.views:
        shapes = (_view_shape(domain, view, used),)
        if view.name in pages:
            shapes = (*shapes, page_shape(domain, view.name, view.name, view.name, view.place))
        drafts.append((module_name(view.name), view.name, "", shapes, (), view.description))
    if any(operation.errors for operation in domain.operations):
        drafts.append(("errors", "ErrorResponse", "", error_shapes(), (), "What every refused call answers"))
    modules = tuple(_module(*draft) for draft in drafts)
    by_name = {shape.name: shape for module in modules for shape in module.shapes}
    return Shapes(
        domain=domain.name,
        title=domain.api_title or domain.name,
        version=domain.api_version,
        description=domain.description,
        enums=domain.enums,
        modules=modules,
        operations=operations(domain, used),
        by_name=MappingProxyType(by_name),
    )


def _module(
    name: str,
    stem: str,
    entity: str,
    shapes: tuple[Shape, ...],
    machines: tuple[StateMachine, ...],
    description: str,
) -> ShapeModule:
    own = {shape.name for shape in shapes}
    types = [prop.type for shape in shapes for prop in (*shape.properties, *shape.client)]
    found = {part.name for of in types for part in _parts(of) if isinstance(part, ObjectType)}
    enums = {part.enum.name for of in types for part in _parts(of) if isinstance(part, EnumType)}
    enums |= {machine.enum.name for machine in machines}
    return ShapeModule(
        name, stem, entity, shapes, machines, tuple(sorted(found - own)), tuple(sorted(enums)), description
    )


def _parts(of: Type) -> Iterator[Type]:
    yield of
    match of:
        case Array(item=inner) | Map(value=inner):
            yield from _parts(inner)
        case _:
            pass


def _object_shapes(domain: Domain, definition: ObjectDefinition, used: Directions) -> Iterator[Shape]:
    names = field_names(definition.fields, (), domain.case)
    client_names = field_names(definition.client, (), domain.case)
    for direction in used.of(definition.name):
        yield Shape(
            name=used.input(definition.name) if direction == INPUT else used.output(definition.name),
            variant="object",
            direction=direction,
            owner=definition.name,
            module=module_name(definition.name),
            properties=tuple(properties(definition.fields, names, direction, used)),
            rules=tuple(rules(definition.rules, definition.fields, names, direction)),
            client=tuple(output_property(field, client_names, used) for field in definition.client)
            if direction == OUTPUT
            else (),
            recursive=used.recursive(definition.name),
            description=definition.description,
            place=definition.place,
        )


def _view_shape(domain: Domain, view: View, used: Directions) -> Shape:
    names = field_names(view.columns, (), domain.case)
    return Shape(
        name=view.name,
        variant="response",
        direction=OUTPUT,
        owner=view.name,
        module=module_name(view.name),
        properties=tuple(output_property(field, names, used) for field in view.columns),
        description=view.description,
        place=view.place,
    )
