"""Which way shapes travel: results out, bodies in, neither into a column; and none that shows itself without end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from isotype.domain.lazy import NamedTuple
from isotype.domain.model import Entity, EntityShape, Field, ObjectDefinition, Operation, View
from isotype.domain.places import Place
from isotype.domain.reach import reached
from isotype.domain.types import PLAIN, Array, Map, ObjectType, Type
from isotype.language.scope import Scope
from isotype.language.wire_names import INPUT, OUTPUT, WireNames

_NOUNS = {INPUT: "a body", OUTPUT: "a result"}


class _Travel(NamedTuple):
    """Everything that the objects and shapes of a schema hold."""

    scope: Scope
    wire: WireNames
    contents: Mapping[str, frozenset[str]]
    holders: frozenset[str]
    """The shapes, and all that hold one at any depth."""

    def held(self, types: Iterable[Type]) -> list[str]:
        """The shapes inside types, at any depth, those of entities and views."""
        found: dict[str, None] = {}
        todo = list(_named(types))
        seen: set[str] = set()
        while todo:
            name = todo.pop()
            if name in seen or name not in self.holders:
                continue
            seen.add(name)
            if name in self.wire.shapes:
                found[name] = None
            else:
                todo.extend(self.contents.get(name, ()))
        return sorted(found)

    def wrong(self, types: Iterable[Type], direction: str) -> str:
        """The first shape inside types that does not travel this way, '' when all do."""
        return next((name for name in self.held(types) if self.wire.shapes[name].direction != direction), "")


def check_travel(
    scope: Scope,
    wire: WireNames,
    entities: Iterable[Entity],
    objects: Iterable[ObjectDefinition],
    views: Iterable[View],
    operations: Iterable[Operation],
) -> None:
    """Report what is stored, sent or answered although it travels another way."""
    entities, objects = list(entities), list(objects)
    contents = {made.name: frozenset(_named(field.type for field in made.fields)) for made in objects}
    travel = _Travel(scope, wire, contents, _holders(wire, contents))
    for made in objects:
        if contents[made.name] and not made.envelope:
            _check_object(travel, made)
    for entity in entities:
        _check_columns(travel, entity.fields, f"entities.{entity.name}.fields", f"{entity.name}.")
        _check_api(travel, entity)
    for view in views:
        _check_columns(travel, view.columns, f"views.{view.name}.columns", f"{view.name}.")
    for operation in operations:
        _check_operation(travel, operation)
    _check_endless(travel, entities)


def _holders(wire: WireNames, contents: Mapping[str, frozenset[str]]) -> frozenset[str]:
    outside: dict[str, list[str]] = {}
    for name, inside in contents.items():
        for part in inside:
            outside.setdefault(part, []).append(name)
    return reached(wire.shapes, outside)


def _check_object(travel: _Travel, made: ObjectDefinition) -> None:
    types = [field.type for field in made.fields]
    into, out = travel.wrong(types, OUTPUT), travel.wrong(types, INPUT)
    if into and out:
        message = f"object {made.name} holds {into}, {_NOUNS[INPUT]}, and {out}, {_NOUNS[OUTPUT]}"
        travel.scope.report_at("wrong-direction", message, made.place, f"objects.{made.name}", "make two objects of it")


def _check_columns(travel: _Travel, fields: Iterable[Field], path: str, subject: str) -> None:
    for field in fields:
        if not isinstance(field.type, PLAIN) and (held := travel.held([field.type])):
            message = f"{subject}{field.name} is a column, but holds {held[0]}, which only the API has"
            suggestion = "declare an object for what is stored, or write ref: for a related row"
            travel.scope.report_at("stored-shape", message, field.place, f"{path}.{field.name}", suggestion)


def _check_api(travel: _Travel, entity: Entity) -> None:
    api, path = entity.api, f"entities.{entity.name}.api"
    groups = [(api.added, OUTPUT, "add"), (api.client, OUTPUT, "client")]
    groups.append((tuple(one.field for one in api.inputs), INPUT, "inputs"))
    groups += [(shape.added, OUTPUT, f"shapes.{shape.name}.add") for shape in api.shapes]
    for fields, direction, word in groups:
        for field in fields:
            if wrong := travel.wrong([field.type], direction):
                travels = "sent" if direction == INPUT else "answered"
                message = f"{entity.name}.{field.name} is {travels}, but holds {wrong}, {_noun(travel, wrong)}"
                travel.scope.report_at("wrong-direction", message, field.place, f"{path}.{word}.{field.name}")


def _check_operation(travel: _Travel, operation: Operation) -> None:
    given = travel.scope.of("operations").words[operation.name]
    for word, payload, direction in (("body", operation.body, INPUT), ("returns", operation.returns, OUTPUT)):
        if payload is None:
            continue
        types: list[Type] = [ObjectType(payload.name)] if payload.name in travel.contents else []
        types += [payload.type] if payload.type is not None else []
        if wrong := travel.wrong(types, direction):
            noun = "body" if word == "body" else "result"
            message = f"the {noun} of operation {operation.name} holds {wrong}, {_noun(travel, wrong)}"
            travel.scope.report("wrong-direction", message, given, word, f"name {_NOUNS[direction]}")


def _noun(travel: _Travel, shape: str) -> str:
    return _NOUNS[travel.wire.shapes[shape].direction]


def _check_endless(travel: _Travel, entities: Iterable[Entity]) -> None:
    """A shape that shows related rows, or what the service adds, never comes back to itself."""
    shown: dict[str, frozenset[str]] = dict(travel.contents)
    places: dict[str, tuple[Place, str]] = {}
    for entity in entities:
        added = entity.api.added
        response = (EntityShape(entity.api.shape("response"), (), added=added, place=entity.place),) if added else ()
        for shape in (*response, *entity.api.shapes):
            parts = frozenset(_named(field.type for field in shape.added))
            shown[shape.name] = parts | {relation.shape for relation in shape.relations}
            places[shape.name] = (shape.place, f"entities.{entity.name}.api.shapes.{shape.name}")
    for name, (place, path) in places.items():
        way = _way_back(name, shown)
        if way:
            through = f", by way of {', '.join(way)}" if way != [name] else ""
            message = f"the shape {name} shows itself again{through}"
            travel.scope.report_at("endless-shape", message, place, path, "show a smaller shape inside")


def _way_back(start: str, shown: Mapping[str, frozenset[str]]) -> list[str]:
    """The shapes on a way from `start` back to it, [start] for itself directly, [] when there is none."""
    came: dict[str, str] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        for target in sorted(shown.get(name, ())):
            if target == start:
                way = [name]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[-2::-1] or [start]
            if target not in came:
                came[target] = name
                todo.append(target)
    return []


def _named(types: Iterable[Type]) -> Iterator[str]:
    for of in types:
        match of:
            case ObjectType(name=name):
                yield name
            case Array(item=inner) | Map(value=inner):
                yield from _named([inner])
            case _:
                pass
