"""Bodies that a call takes, and bodies with one fault that it must refuse."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from isotype.binding.model import EntityBinding
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type, innermost
from isotype.probes import Meaning, chance
from isotype.probes.candidates import essential
from isotype.probes.records import Record, Records, at
from isotype.probes.values import ABSENT, Json, read, write
from isotype.service.differences import PROPERTY, SHAPE
from isotype.service.live.answers import said
from isotype.service.live.model import Subject
from isotype.service.live.rows import Known
from isotype.shapes.model import Property, Shape, ShapeRule

LONGEST = 100_000
"""Longer bodies are not sent."""

TRIES = 40

NAMES = 4
"""Rows that are named in turn, until a call is taken."""


class Fault(NamedTuple):
    """A body, and what of it must be refused."""

    text: str
    subject: Subject


class Bodies:
    """Makes bodies for one run; `seed` chooses among values that must be new, in every run others when it is None."""

    def __init__(self, known: Known, records: Records, seed: int | None) -> None:
        self._known = known
        self._records = records
        self._meaning: Meaning = records.meaning
        self._source = random.Random(seed)

    # What is taken

    def valid(self, shape: Shape, whole: bool) -> Record | None:
        """A record that a shape takes, referring to rows that are there, with new values where they must be; None when
        there is none."""
        record = self._records.valid(shape, whole)
        if record is None:
            return None
        entity = self._known.entity(shape.owner)
        if entity is None or shape.variant not in ("create", "update"):
            return dict(record)
        referring = self._referring(shape, entity, dict(record))
        return None if referring is None else self._new(shape, entity, referring)

    def _referring(self, shape: Shape, entity: EntityBinding, record: Record) -> Record | None:
        for field in entity.fields:
            place = field.paths.get(shape.variant)
            target = self._known.referred(entity, field.field)
            if place is None or target is None or at(record, place.wire) in (ABSENT, None):
                continue
            row = next(iter(self._known.rows(target[0].entity)), None)
            value = row.get(target[1]) if row is not None else None
            if value is None:
                prop = self._meaning.at(shape, place.wire)
                if not prop.required:
                    value = ABSENT
                elif not prop.nullable:
                    return None
            record = self._records.with_value(shape, record, place.wire, value)
        return record if self._takes(shape, record) else None

    def _new(self, shape: Shape, entity: EntityBinding, record: Record) -> Record:
        """The record with values of its own in what no two rows share."""
        for field in unique_fields(entity):
            place = entity.field(field).paths.get(shape.variant)
            if place is None or at(record, place.wire) in (ABSENT, None):
                continue
            if self._known.referred(entity, field) is not None:
                continue
            of = self._meaning.at(shape, place.wire).type
            for _ in range(TRIES):
                value = chance.value(of, self._records, self._source)
                candidate = self._records.with_value(shape, record, place.wire, value)
                if _is_plain(value) and self._takes(shape, candidate):
                    record = candidate
                    break
        return record

    def naming(self, shape: Shape, record: Record) -> Iterator[Record]:
        """The record, where it names rows by what they are called, with rows that are there; else as it is."""
        named = [
            (prop, alias)
            for prop in shape.properties
            if prop.name in record
            and (alias := getattr(innermost(prop.type), "alias", ""))
            and self._known.called(alias)
        ]
        for place in range(NAMES if named else 1):
            made = dict(record)
            for prop, alias in named:
                names = self._known.called(alias)
                name = names[min(place, len(names) - 1)]
                made[prop.name] = [name] if isinstance(prop.type, Array) else name
            yield made if self._takes(shape, made) else record

    def others(self, prop: Property, current: Json) -> Iterator[Json]:
        """Values that a property takes, other than the one it has."""
        for value in self._records.samples(prop.type):
            text = write(value)
            if len(text) < LONGEST and self._meaning.value(prop.type, True, read(text)).value != current:
                yield value

    def _takes(self, shape: Shape, record: Mapping[str, Json]) -> bool:
        return not self._meaning.whole(shape, write(record)).refusals

    def canonical(self, shape: Shape, record: Mapping[str, Json]) -> Any:
        """The record as the schema understands it, with its defaults."""
        return self._meaning.whole(shape, write(record)).value

    # What is refused

    def faults(self, shape: Shape, record: Mapping[str, Json]) -> Iterator[Fault]:
        """The record with one fault at a time: every constraint of every property, properties that nobody knows,
        rules."""
        yield from self._in(shape, record, shape, ())
        yield self._fault(shape, {**record, "no_such_property": 1}, Subject(SHAPE, (shape.name,), "unknown"))
        for name, _ in shape.refused:
            yield self._fault(shape, {**record, name: "x"}, Subject(SHAPE, (shape.name,), f"{name} refused"))
        for rule in shape.rules:
            broken = self._broken(shape, record, rule)
            if broken is not None:
                yield self._fault(shape, broken, Subject(SHAPE, (shape.name,), f"rule {rule.name}", rule.source))

    def _in(self, shape: Shape, record: Mapping[str, Json], within: Shape, path: tuple[str, ...]) -> Iterator[Fault]:
        for prop in within.properties:
            here = (*path, prop.name)
            seen: set[tuple[str, str]] = set()
            for label, value in _wrong(prop, self._records):
                made = self._records.with_value(shape, record, here, value)
                text = write(made)
                if len(text) > LONGEST:
                    continue
                refusals = self._meaning.whole(shape, text).refusals
                if not refusals or refusals[0].path[: len(here)] != here:
                    continue
                constraint = refusals[0].constraint
                if (constraint, label) not in seen:
                    seen.add((constraint, label))
                    yield Fault(text, Subject(PROPERTY, (within.name, prop.name), constraint, said(prop.type, prop)))
            if isinstance(prop.type, ObjectType) and len(path) < 3 and isinstance(at(record, here), Mapping):
                inner = self._known.shapes.shape(prop.type.name)
                if not inner.recursive:
                    yield from self._in(shape, record, inner, here)

    def _broken(self, shape: Shape, record: Mapping[str, Json], rule: ShapeRule) -> Record | None:
        wanted = {f"rule:{rule.name}"}
        made: Record = dict(record)
        for attempt in range(TRIES * 2):
            made = self._records.shaken(shape, made, rule, self._source, leave=attempt % 2 > 0)
            if {refusal.constraint for refusal in self._meaning.whole(shape, write(made)).refusals} == wanted:
                return made
        return None

    def _fault(self, shape: Shape, record: Mapping[str, Json], subject: Subject) -> Fault:
        return Fault(write(record), subject)


def unique_fields(entity: EntityBinding) -> tuple[str, ...]:
    """The fields of which no two rows have the same, alone or together."""
    table = entity.table
    named = {column for unique in table.uniques for column in unique.columns}
    named |= {key.column for index in table.indexes if index.unique for key in index.keys if key.column}
    named |= set(table.primary_key.columns) if table.primary_key else set()
    return tuple(field.field for field in entity.fields if field.column.name in named)


def _wrong(prop: Property, records: Records) -> Iterator[tuple[str, Json]]:
    """What is probably wrong for a property, with what tells one such fault from another."""
    if prop.required:
        yield "absent", ABSENT
    if not prop.nullable:
        yield "null", None
    yield "kind", _other_kind(prop.type)
    for candidate in essential(prop.type, records.samples):
        if _is_sound(candidate.value):
            yield (
                candidate.label if candidate.constraint in ("range", "length", "items", "keys") else "",
                candidate.value,
            )


def _other_kind(of: Type) -> Json:
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            return 7
        case Scalar(base="json"):
            return ABSENT
        case Scalar() | EnumType():
            return {}
        case Array() | Map() | ObjectType():
            return "x"
    return {}


def _is_sound(value: Json) -> bool:
    """Whether every reader of JSON finds the same value in a text of it."""
    return not isinstance(value, str) or ((value.isprintable() or value.isascii()) and "\0" not in value)


def _is_plain(value: Json) -> bool:
    return not isinstance(value, str) or (value.isprintable() and value == value.strip() and bool(value))
