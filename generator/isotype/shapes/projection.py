"""From a domain to its shapes: entities in their variants, objects per direction, views, operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType

from isotype.domain.identifiers import module_name
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import PAGE, Domain, ObjectDefinition, View
from isotype.domain.types import EnumType, ObjectType, innermost
from isotype.shapes.directions import Directions, directions
from isotype.shapes.entities import entity_shapes, is_apart, state_machines
from isotype.shapes.fields import field_names, output_property, placed, properties, rules
from isotype.shapes.model import INPUT, OUTPUT, Property, Shape, ShapeModule, Shapes, StateMachine
from isotype.shapes.operations import error_shapes, operations


def project(domain: Domain) -> Shapes:
    """Every shape and operation of a domain, in source order."""
    used = directions(domain)
    made = _by_home(domain)

    def beside(home: str) -> Iterator[Shape]:
        """The envelopes that stand in the file of an entity, a shape, an object or a view."""
        return (shape for definition in made.get(home, ()) for shape in _object_shapes(domain, definition, used, home))

    drafts: list[tuple[str, str, str, tuple[Shape, ...], tuple[StateMachine, ...], str]] = []
    for entity in domain.entities:
        if entity.api.exposed:
            name, shapes = module_name(entity.name), tuple(entity_shapes(domain, entity, used))
            own = tuple(shape for shape in shapes if shape.module == name)
            machines = tuple(state_machines(entity))
            stem, described = entity.api.name, entity.description
            drafts.append((name, stem, entity.name, (*own, *beside(entity.name)), machines, described))
            for named in filter(is_apart, entity.api.shapes):
                name = module_name(named.name)
                own = tuple(shape for shape in shapes if shape.module == name)
                drafts.append((name, named.name, "", (*own, *beside(named.name)), (), named.description or described))
    for definition in made.get("", ()):
        name = definition.name
        shapes = (*_object_shapes(domain, definition, used, name), *beside(name))
        drafts.append((module_name(name), name, "", shapes, (), definition.description))
    for view in domain.views:
        shapes = (_view_shape(domain, view, used), *beside(view.name))
        drafts.append((module_name(view.name), view.name, "", shapes, (), view.description))
    if domain.operations:
        drafts.append(("errors", "ErrorResponse", "", error_shapes(), (), "What every refused call answers"))
    spoken: dict[int, _Spoken] = {}
    modules = tuple(_module(*draft, spoken) for draft in drafts)
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


def _by_home(domain: Domain) -> dict[str, list[ObjectDefinition]]:
    """Objects by the file they stand in, '' for their own: an envelope stands beside what it holds."""
    apart = {shape.name: shape.name for entity in domain.entities for shape in entity.api.shapes if is_apart(shape)}
    made: dict[str, list[ObjectDefinition]] = {}
    for definition in domain.objects:
        home = apart.get(definition.content, definition.home)
        if definition.content in apart:
            apart[definition.name] = home
        made.setdefault(home, []).append(definition)
    return made


class _Spoken(NamedTuple):
    """The objects and enums that a list of properties names, at any depth."""

    objects: frozenset[str]
    enums: frozenset[str]


def _module(
    name: str,
    stem: str,
    entity: str,
    shapes: tuple[Shape, ...],
    machines: tuple[StateMachine, ...],
    description: str,
    known: dict[int, _Spoken],
) -> ShapeModule:
    objects: set[str] = set()
    enums = {machine.enum.name for machine in machines}
    for shape in shapes:
        for listed in (shape.properties, shape.client):
            # Entities with fields alike have lists of properties in common.
            spoken = known.get(id(listed)) or known.setdefault(id(listed), _spoken(listed))
            objects |= spoken.objects
            enums |= spoken.enums
    objects -= {shape.name for shape in shapes}
    return ShapeModule(name, stem, entity, shapes, machines, tuple(sorted(objects)), tuple(sorted(enums)), description)


def _spoken(listed: Iterable[Property]) -> _Spoken:
    parts = [innermost(prop.type) for prop in listed]
    return _Spoken(
        frozenset(part.name for part in parts if isinstance(part, ObjectType)),
        frozenset(part.enum.name for part in parts if isinstance(part, EnumType)),
    )


def _object_shapes(domain: Domain, definition: ObjectDefinition, used: Directions, home: str) -> Iterator[Shape]:
    names = field_names(definition.fields, (), domain.case)
    client_names = field_names(definition.client, (), domain.case)
    for direction in used.of(definition.name):
        yield Shape(
            name=used.input(definition.name) if direction == INPUT else used.output(definition.name),
            variant="list" if definition.envelope == PAGE else "object",
            direction=direction,
            owner=definition.home or definition.name,
            module=module_name(home),
            properties=used.listed(tuple(properties(definition.fields, names, direction, used))),
            rules=tuple(rules(definition.rules, definition.fields, names, direction)),
            client=tuple(placed(output_property(field, client_names, used), field) for field in definition.client)
            if direction == OUTPUT
            else (),
            recursive=used.recursive(definition.name),
            content=definition.content,
            fields=definition.fields,
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
        fields=view.columns,
        description=view.description,
        place=view.place,
    )
