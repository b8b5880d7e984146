"""Answers that keep to the contract one by one, and yet are wrong: what only several calls show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from isotype.binding import Bindings
from isotype.binding.derivation import CREATE, DELETE, GET, LIST, UPDATE, Derivation, derive
from isotype.domain.types import ObjectType
from isotype.domain.values import replace
from isotype.probes import Meaning
from isotype.probes.records import Records
from isotype.probes.values import read, write
from isotype.service.live.model import Call, Reply
from isotype.shapes.model import ApiOperation, Property
from tests.service.live.asking import Heard


class Lie(NamedTuple):
    """What is heard instead; `kind` and `path` are what must be named, `only` the paths that are called."""

    name: str
    kind: str
    path: tuple[str, ...]
    only: tuple[str, ...]
    hears: Heard


def lies(bound: Bindings) -> Iterator[Lie]:
    """One of each kind for every operation that it can be told by."""
    records = Records(Meaning(bound.shapes))
    for operation in bound.shapes.operations:
        made = derive(operation, bound)
        if made is None:
            continue
        name = f"{operation.method.upper()} {operation.path}"
        only = tuple(it.path for it in bound.shapes.operations if _concerns(it, made, bound))
        if made.kind in (CREATE, UPDATE, GET):
            for prop in _kept(operation, made, bound, records):
                hears = _another_value(operation, prop, records)
                yield Lie(f"{name}: another {prop.name}", "property", _path(operation, prop), only, hears)
        if made.kind == GET:
            for match in made.keys:
                place = (name, "path", match.parameter.name)
                yield Lie(f"{name}: another row", "parameter", place, only, _first_row(operation))
        if made.kind == DELETE:
            getting = next(it for it in bound.shapes.operations if it.path in only and _is(it, GET, made, bound))
            shown = (f"GET {getting.path}",)
            yield Lie(f"{name}: nothing is deleted", "operation", shown, only, _not_asked(operation))
        if made.kind == LIST:
            yield from _lists(operation, made, name, only)


def _concerns(operation: ApiOperation, made: Derivation, bound: Bindings) -> bool:
    other = derive(operation, bound)
    of = operation.result.type
    answers = isinstance(of, ObjectType) and bound.shapes.shape(of.name).owner == made.entity.entity
    return answers or (other is not None and other.entity == made.entity)


def _is(operation: ApiOperation, kind: str, made: Derivation, bound: Bindings) -> bool:
    other = derive(operation, bound)
    return other is not None and other.kind == kind and other.entity == made.entity


def _path(operation: ApiOperation, prop: Property) -> tuple[str, ...]:
    assert isinstance(operation.result.type, ObjectType)
    return operation.result.type.name, prop.name


def _kept(operation: ApiOperation, made: Derivation, bound: Bindings, records: Records) -> Iterator[Property]:
    """The properties that a caller has given, or has seen before."""
    assert isinstance(operation.result.type, ObjectType)
    create = made.entity.shapes.get("create")
    given = {prop.field for prop in create.properties if prop.field} if create is not None else set()
    keys = {match.field.field for match in made.keys}
    for prop in bound.shapes.shape(operation.result.type.name).properties:
        if prop.field in given - keys and not prop.relation and len(records.samples(prop.type)) > 1:
            yield prop


# What is heard


def _changed(operation: ApiOperation, change: Callable[[Any], Any]) -> Heard:
    def hears(call: Call, ask: Callable[[Call], Reply]) -> Reply:
        reply = ask(call)
        if call.operation.name != operation.name or reply.status != operation.status:
            return reply
        return replace(reply, content=write(change(read(reply.content.decode()))).encode())

    return hears


def _with(name: str, value: Any) -> Callable[[Any], Any]:
    return lambda record: {**record, name: value}


def _another_value(operation: ApiOperation, prop: Property, records: Records) -> Heard:
    def change(value: dict[str, Any]) -> dict[str, Any]:
        for other in records.samples(prop.type):
            found = records.meaning.value(prop.type, True, read(write(other))).value
            if found != value[prop.name]:
                return {**value, prop.name: found}
        raise AssertionError(prop.name)

    return _changed(operation, change)


def _first_row(operation: ApiOperation) -> Heard:
    """Whatever row is asked for, the first that was is answered."""
    first: list[Reply] = []

    def hears(call: Call, ask: Callable[[Call], Reply]) -> Reply:
        reply = ask(call)
        if call.operation.name == operation.name and reply.status == operation.status:
            first.append(reply)
            return first[0]
        return reply

    return hears


def _not_asked(operation: ApiOperation) -> Heard:
    def hears(call: Call, ask: Callable[[Call], Reply]) -> Reply:
        if call.operation.name == operation.name:
            return Reply(operation.status, "", b"")
        return ask(call)

    return hears


def _without(operation: ApiOperation, name: str) -> Heard:
    """A parameter is not heeded."""

    def hears(call: Call, ask: Callable[[Call], Reply]) -> Reply:
        if call.operation.name == operation.name and call.refused is None:
            return ask(replace(call, query=tuple(pair for pair in call.query if pair[0] != name)))
        return ask(call)

    return hears


def _lists(operation: ApiOperation, made: Derivation, name: str, only: tuple[str, ...]) -> Iterator[Lie]:
    for match in made.filters:
        if match.parameter.location == "query":
            path = (name, "query", match.parameter.name)
            yield Lie(f"{path} is not heeded", "parameter", path, only, _without(operation, match.parameter.name))
    if made.paging is not None:
        for parameter in (made.paging.size, made.paging.page):
            path = (name, "query", parameter.name)
            yield Lie(f"{path} is not heeded", "parameter", path, only, _without(operation, parameter.name))
        for prop, meaning in made.paging.properties:
            if meaning == "total":
                yield Lie(f"{name}: no total", "operation", (name,), only, _changed(operation, _with(prop.name, 0)))
