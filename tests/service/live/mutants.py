"""Wrong answers, enumerated from the contract: each differs from one that a service gave in one thing.

First those that one answer shows by itself: every property of every shape that is answered, missing, renamed, null, of
another kind and beyond each of its constraints; a property that nobody declares; every status; the media type. Then
those that only the schema's meaning shows: another value than was given, rows that were not chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from isotype.domain.types import Array, Map, ObjectType, Type
from isotype.domain.values import replace
from isotype.probes import Meaning
from isotype.probes.candidates import essential
from isotype.probes.records import Records
from isotype.probes.values import NotJson, Raw, read, write
from isotype.service.live.answers import ERRORS
from isotype.service.live.model import Call, Reply

STATUSES = (200, 201, 202, 204, 301, 400, 401, 404, 409, 418, 422, 500, 503)

Spot = tuple[str, ...]


class Mutant(NamedTuple):
    """An answer with one thing wrong; `kind` and `path` are what must be named."""

    change: str
    kind: str
    path: Spot
    call: Call
    reply: Reply


def mutants(heard: Sequence[tuple[Call, Reply]], meaning: Meaning) -> Iterator[Mutant]:
    """One of each change for each operation and status, made from the answers of a service."""
    records = Records(meaning)
    seen: set[tuple[str, int, str, Spot]] = set()
    for call, reply in heard:
        for mutant in _mutants(call, reply, records):
            key = (call.name, reply.status, mutant.change, mutant.path)
            if key not in seen:
                seen.add(key)
                yield mutant


def _mutants(call: Call, reply: Reply, records: Records) -> Iterator[Mutant]:
    yield from _statuses(call, reply)
    succeeds = reply.status == call.operation.status
    of = call.operation.result.type if succeeds else ERRORS
    if of is None:
        return
    place = (call.name, str(reply.status), "application/json")
    yield Mutant("media type", "answer body", place, call, replace(reply, media="text/html"))
    yield Mutant("no JSON", "answer body", place, call, replace(reply, content=b"<html>"))
    value = read(reply.content.decode())
    for change, kind, path, made in _values(of, value, records, ("answer body", place)):
        yield Mutant(change, kind, path, call, replace(reply, content=write(made).encode()))


def _statuses(call: Call, reply: Reply) -> Iterator[Mutant]:
    for status in STATUSES:
        if status in call.wanted:
            continue
        subject = call.refused
        if subject is not None and 200 <= status < 300:
            yield Mutant(f"taken, {subject.attribute}", subject.kind, subject.path, call, replace(reply, status=status))
        else:
            yield Mutant(f"status {status}", "operation", (call.name,), call, replace(reply, status=status))


def _values(of: Type, value: Any, records: Records, site: tuple[str, Spot]) -> Iterator[tuple[str, str, Spot, Any]]:
    """A value with one thing wrong in it, and what of the contract that is."""
    match of:
        case ObjectType(name=name) if isinstance(value, dict):
            shape = records.meaning.shapes.shape(name)
            yield "extra", "property", (name, "noSuchProperty"), {**value, "noSuchProperty": 1}
            for prop in shape.properties:
                own = ("property", (name, prop.name))
                without = {key: inner for key, inner in value.items() if key != prop.name}
                if prop.required:
                    yield "missing", *own, without
                    yield "renamed", *own, {**without, f"{prop.name}_": value.get(prop.name)}
                for change, wrong in _wrong(prop.type, prop.nullable, records):
                    yield change, *own, {**value, prop.name: wrong}
                inner = value.get(prop.name)
                for change, kind, path, made in _values(prop.type, inner, records, own):
                    yield change, kind, path, {**value, prop.name: made}
        case Array(item=item) if isinstance(value, list):
            for change, wrong in _wrong(item, of.nullable_items, records):
                yield f"item {change}", *site, [*value[1:], wrong]
            if value:
                for change, kind, path, made in _values(item, value[0], records, site):
                    yield change, kind, path, [made, *value[1:]]
        case Map(value=item) if isinstance(value, dict):
            for change, wrong in _wrong(item, of.nullable_values, records):
                yield f"value {change}", *site, {**value, "owl": wrong}


def _wrong(of: Type, nullable: bool, records: Records) -> Iterator[tuple[str, Any]]:
    """A value for each constraint, which that constraint refuses."""
    found: dict[str, Any] = {}
    candidates = [
        None,
        7,
        "x",
        True,
        {},
        [],
        Raw("1.5"),
        *(candidate.value for candidate in essential(of, records.samples)),
    ]
    for value in candidates:
        try:
            judged = records.meaning.text(of, nullable, write(value))
        except NotJson:
            continue
        for refusal in judged.refusals[:1]:
            if not refusal.path:
                found.setdefault(refusal.constraint, value)
    yield from found.items()
