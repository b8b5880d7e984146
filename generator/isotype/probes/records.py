"""Records that a shape takes: with only what they must have, or with everything; found by search where rules ask."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from isotype.domain.expressions import Expression, Literal, Match, walk
from isotype.domain.types import INTEGERS, TEXTUAL, Array, Map, ObjectType, Scalar, Type, value_type
from isotype.probes.candidates import distinct, usual
from isotype.probes.meaning import Meaning, Path, Refusal
from isotype.probes.numbers import moved, step, up, written
from isotype.probes.texts import spelled, texts
from isotype.probes.values import ABSENT, Json, Raw, write
from isotype.shapes.model import Property, Shape, ShapeRule

Record = dict[str, Json]
TRIES = 600
SAMPLES = 12


class Records:
    """Values and records of one domain that its meaning takes; the same ones in every run."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self._samples: dict[Type, list[Json]] = {}
        self._valid: dict[tuple[str, bool], Record | None] = {}
        # Shapes that are being made, and how often one was met inside itself: what was made around that is not whole.
        self._open: set[str] = set()
        self._met = 0

    def samples(self, of: Type) -> list[Json]:
        """Values that a type takes, the usual ones first; [] when none was found."""
        found = self._samples.get(of)
        if found is None:
            met = self._met
            made: dict[str, Json] = {}
            for value in self._made(of):
                text = write(value)
                if text not in made and not self.meaning.text(of, False, text).refusals:
                    made[text] = value
                if len(made) == SAMPLES:
                    break
            found = list(made.values())
            if met == self._met:
                self._samples[of] = found
        return found

    def _made(self, of: Type) -> Iterator[Json]:
        match of:
            case Array():
                few, most = of.min_items or 0, 40 if of.max_items is None else min(of.max_items, 40)
                for count in dict.fromkeys((max(few, min(1, most)), few, min(few + 1, most), min(3, most), most)):
                    items = distinct(of.item, self.samples, count) if count else []
                    if items and not of.unique_items:
                        items += items[-1:] * (count - len(items))
                    if of.nullable_items and items:
                        yield [*items[:-1], None]
                    yield items
            case Map():
                values = self.samples(of.value)
                yield from ({"a": value} for value in values[:2])
                yield {}
                if of.nullable_values:
                    yield {"a": None}
            case ObjectType(name=name) if name in self._open:
                self._met += 1
            case ObjectType(name=name):
                shape = self.meaning.shapes.shape(name)
                found = (self.valid(shape, True), self.valid(shape, False))
                yield from (record for record in found if record is not None)
            case _:
                yield from usual(of)

    def valid(self, shape: Shape, whole: bool) -> Record | None:
        """A record that the shape takes: with all it can have, or only what it must; None when none was found."""
        key = (shape.name, whole)
        if key not in self._valid:
            self._open.add(shape.name)
            try:
                found = self._solved(shape, self._start(shape, whole), whole)
                if found is None and whole:
                    found = self._filled(shape)
            finally:
                self._open.discard(shape.name)
            self._valid[key] = found
        return self._valid[key]

    def _start(self, shape: Shape, whole: bool) -> Record:
        made: Record = {}
        for prop in shape.properties:
            if not whole and not prop.required:
                continue
            found = [] if prop.nullable and not whole else self.samples(prop.type)
            if found or prop.nullable:
                made[prop.name] = found[0] if found else None
        return made

    def _solved(self, shape: Shape, start: Record, whole: bool) -> Record | None:
        """The record, changed where rules want it; what is whole stays so as long as that is possible."""
        record, source = start, random.Random(f"{shape.name} {whole}")
        broken = self._refusals(shape, record)
        for attempt in range(TRIES):
            if not broken:
                return record
            rules = [rule for rule in shape.rules if f"rule:{rule.name}" in {one.constraint for one in broken}]
            if not rules:
                return None
            rule = source.choice(rules)
            candidate = self.shaken(shape, record, rule, source, leave=not whole or attempt > TRIES // 2)
            refusals = self._refusals(shape, candidate)
            if len(refusals) <= len(broken) and all(one.constraint.startswith("rule") for one in refusals):
                record, broken = candidate, refusals
        return None

    def _filled(self, shape: Shape) -> Record | None:
        """The least record, and beside it all that the rules let stand there."""
        record = self.valid(shape, False)
        if record is None:
            return None
        for prop in shape.properties:
            if record.get(prop.name) is None:
                record = next(self._beside(shape, record, prop), record)
        return record

    def _beside(self, shape: Shape, record: Record, prop: Property) -> Iterator[Record]:
        """The record with each value of a property that the rules let stand there."""
        for value in (value for rule in shape.rules for value in self.choices(shape, record, rule, prop)):
            found = {**record, prop.name: value}
            if value is not None and not self._refusals(shape, found):
                yield found

    def _refusals(self, shape: Shape, record: Record) -> Sequence[Refusal]:
        return self.meaning.whole(shape, write(record)).refusals

    def shaken(self, shape: Shape, record: Record, rule: ShapeRule, source: random.Random, leave: bool) -> Record:
        """The record with other values for some of what a rule reads; null and absent among them, if `leave`."""
        known = [operand for operand in rule.operands if operand.known]
        if not known:
            return record
        for operand in source.sample(known, source.randint(1, len(known))):
            prop = self.meaning.at(shape, operand.wire)
            nothing: list[Json] = [None] * prop.nullable + [ABSENT] * (not prop.required)
            if leave and nothing and source.random() < 0.3:
                value = source.choice(nothing)
            else:
                value = source.choice(self.choices(shape, record, rule, prop))
            record = self.with_value(shape, record, operand.wire, value)
        return record

    def choices(self, shape: Shape, record: Record, rule: ShapeRule, prop: Property) -> list[Json]:
        """Values worth trying for what a rule reads: samples, what the rule speaks of, and what stands beside it."""
        found = [*self.samples(prop.type), *hinted(rule.expression, prop.type)]
        for operand in rule.operands:
            if operand.known:
                other = self.meaning.at(shape, operand.wire)
                value = at(record, operand.wire)
                if other is not prop and value is not ABSENT and value is not None:
                    found += _like(prop.type, other.type, value)
        return found or [None]

    def with_value(self, shape: Shape, record: Mapping[str, Json], path: Path, value: Json) -> Record:
        """The record with a value at a path; groups on the way are made with what they must have."""
        name, *rest = path
        if not rest:
            kept = {other: part for other, part in record.items() if other != name}
            return kept if value is ABSENT else {**record, name: value}
        prop = next(prop for prop in shape.properties if prop.name == name)
        assert isinstance(prop.type, ObjectType)
        inner = self.meaning.shapes.shape(prop.type.name)
        start = record.get(name)
        if not isinstance(start, Mapping):
            start = (self.samples(prop.type) or [{}])[-1]
        return {**record, name: self.with_value(inner, start, tuple(rest), value)}


def _like(of: Type, other: Type, value: Json) -> list[Json]:
    """A value that stands beside a type, and its neighbours, in the wire form of the type."""
    kind = value_type(of).kind
    if kind != value_type(other).kind or not isinstance(of, Scalar):
        return [value] if of == other else []
    if kind not in ("integer", "decimal"):
        return [value]
    try:
        near = up(Decimal(value.text if isinstance(value, Raw) else str(value)), step(of))
    except ArithmeticError:
        return []
    return [written(of, moved(near, step(of) * by)) for by in (-1, 0, 1)]


def at(record: Json, path: Sequence[str]) -> Json:
    """What stands at a path; ABSENT where nothing does."""
    for name in path:
        if not isinstance(record, Mapping):
            return ABSENT
        record = record.get(name, ABSENT)
    return record


def hinted(rule: Expression, of: Type) -> list[Json]:
    """Values of a type that a rule speaks of, or that lie beside them."""
    if not isinstance(of, Scalar):
        return []
    found: list[Json] = []
    for node in walk(rule):
        match node:
            case Match(pattern=pattern) if of.base in TEXTUAL:
                head = spelled(pattern.root)
                found += [head, *(head + known[len(head) :] for known in texts(of))]
            case Literal(value=str() as text):
                found.append(text)
            case Literal(value=bool()):
                pass
            case Literal(value=int() | Decimal() as value) if of.base in (*INTEGERS, "decimal", "float"):
                unit = step(of)
                middle = up(Decimal(value), unit)
                found += [written(of, moved(middle, unit * by)) for by in (-1, 0, 1)]
            case Literal(value=int() as length) if of.base in TEXTUAL and 0 <= length < 500:
                found += ["a" * size for size in (length - 1, length, length + 1)]
    return found
