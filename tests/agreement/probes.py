"""Records of every shape of a domain: one that is taken, and one for each thing that can be changed about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from isotype.domain.model import Domain
from isotype.domain.types import ObjectType, Type
from isotype.shapes import Shapes
from isotype.shapes.model import OUTPUT, Property, Shape, ShapeRule
from tests.agreement.changes import Change, changes, essential, wrong_kinds
from tests.agreement.samples import hinted, record, samples, usual
from tests.agreement.values import ABSENT, Json, Raw, replaced, write

Judge = Callable[[str, Sequence[str]], list[bool]]
"""The verdicts on JSON texts by the shape of that name."""

RULES = frozenset({"rules"})
_TRIES = 300


@dataclass(frozen=True, slots=True)
class Probe:
    """A record of a shape. `taken`, `stored` and `constructs` are those of the change at `path`.

    `narrowed` is true where a constraint of inputs only may refuse what a row may hold.
    """

    shape: str
    path: tuple[str, ...]
    what: str
    record: Json
    taken: bool | None
    stored: bool = False
    constructs: frozenset[str] = frozenset()
    narrowed: bool = False

    @property
    def text(self) -> str:
        """The record as JSON."""
        return write(self.record)

    def __str__(self) -> str:
        shown = self.text if len(self.text) < 400 else f"{self.text[:400]}…"
        return f"{self.shape}.{'.'.join(self.path)}: {self.what}: {shown}"


class Prober:
    """Makes the probes of one domain."""

    def __init__(self, domain: Domain, shapes: Shapes, judge: Judge) -> None:
        self._shapes = shapes
        self._judge = judge
        self._seen: set[tuple[str, str]] = set()
        self._narrowed = {
            (entity.name, field.name) for entity in domain.entities for field in entity.fields if field.input is not None
        }
        self._input_rules = {
            rule.name for entity in domain.entities for rule in entity.rules if rule.on
        }

    def probes(self) -> Iterator[Probe]:
        """Every probe, shape by shape."""
        for module in self._shapes.modules:
            for shape in module.shapes:
                yield from self.of_shape(shape)

    def of_shape(self, shape: Shape) -> Iterator[Probe]:
        """The probes of one shape."""
        base = self.taken(shape, whole=False)
        whole = self.taken(shape, whole=True)
        yield Probe(shape.name, (), "with what it must have", base, True, stored=True)
        yield Probe(shape.name, (), "with every property", whole, True, stored=True)
        yield from self._edges(shape, base)
        for prop in shape.properties:
            yield from self._property(shape, base, prop, ())
        yield from self._rules(shape, base, whole)

    def taken(self, shape: Shape, whole: bool) -> dict[str, Json]:
        """A record that keeps the rules of the shape, found by asking."""
        first = record(shape.name, self._shapes, whole)
        tries = [first]
        if shape.rules:
            source = random.Random(f"{shape.name} {whole}")
            # A rule may ask for a property that need not be there otherwise.
            tries += [self._shuffled(shape, first, source, whole or at > 20) for at in range(_TRIES)]
        verdicts = self._judge(shape.name, [write(candidate) for candidate in tries])
        assert any(verdicts), f"no record of {shape.name} is taken, not even {write(first)}"
        return tries[verdicts.index(True)]

    def _shuffled(self, shape: Shape, first: Mapping[str, Json], source: random.Random, whole: bool) -> dict[str, Json]:
        found = dict(first)
        for rule in shape.rules:
            for operand in rule.operands:
                if operand.known and (whole or operand.wire[0] in first):
                    prop = self._at(shape, operand.wire)
                    choices = self._choices(rule, prop)
                    found = self._with(shape, found, operand.wire, source.choice(choices))
        return found

    def _choices(self, rule: ShapeRule, prop: Property) -> list[Json]:
        found = samples(prop.type, self._shapes) + hinted(rule.expression, prop.type)
        return found + ([None] if prop.nullable else [])

    def _with(self, shape: Shape, of: Mapping[str, Json], path: tuple[str, ...], value: Json) -> dict[str, Json]:
        """The record with a value at a path; groups on the way are made with what they must have."""
        name, *rest = path
        if not rest:
            return {**of, name: value}
        prop = next(prop for prop in shape.properties if prop.name == name)
        assert isinstance(prop.type, ObjectType)
        inner = self._shapes.shape(prop.type.name)
        start = of.get(name)
        if not isinstance(start, Mapping):
            start = usual(prop.type, self._shapes)
        return {**of, name: self._with(inner, start, tuple(rest), value)}

    def _at(self, shape: Shape, path: tuple[str, ...]) -> Property:
        prop = next(prop for prop in shape.properties if prop.name == path[0])
        if len(path) == 1:
            return prop
        assert isinstance(prop.type, ObjectType)
        return self._at(self._shapes.shape(prop.type.name), path[1:])

    # What is no property

    def _edges(self, shape: Shape, base: Mapping[str, Json]) -> Iterator[Probe]:
        """Other kinds of value, further properties, properties that other variants have."""
        for text in ("null", "[]", "true", "1", '"{}"', f"[{write(base)}]", "", write(base)[:-1]):
            yield Probe(shape.name, (), "no object", Raw(text), False)
        dropped = shape.direction == OUTPUT
        names = {prop.name for prop in shape.properties}
        further = ["no_such_property", "", "__proto__", "constructor", "toString", "REFUSED", "model_config"]
        further += [name.upper() for name in names]
        further += [prop.attribute for prop in shape.properties]
        for name in dict.fromkeys(further):
            if name not in names:
                for value in (1, {}):
                    yield Probe(shape.name, (name,), "a further property", {**base, name: value}, dropped)
        for name, _ in shape.refused:
            for value in (None, "x", {}):
                yield Probe(shape.name, (name,), "a refused property", {**base, name: value}, False)
        for prop in shape.properties[:3]:
            twice = f'{{{write(prop.name)}: [[[]]], {write(base).removeprefix("{")}'
            if prop.name in base:
                yield Probe(shape.name, (prop.name,), "given twice, the last counts", Raw(twice), True)
            elif prop.attribute != prop.name:
                value = usual(prop.type, self._shapes)
                by_attribute = {**base, prop.attribute: value}
                yield Probe(shape.name, (prop.attribute,), "by its Python name", by_attribute, dropped)

    # Properties

    def _property(
        self, shape: Shape, base: Mapping[str, Json], prop: Property, above: tuple[str, ...]
    ) -> Iterator[Probe]:
        path = (*above, prop.name)
        ruled = any(path == operand.wire[: len(path)] for rule in shape.rules for operand in rule.operands)
        excuses = RULES if shape.rules else frozenset()
        narrowed = (shape.owner, prop.field) in self._narrowed or bool(
            any(rule.name in self._input_rules for rule in shape.rules)
        )
        start = base if not above or self._holds(base, above) else self._with(shape, base, path, ABSENT)
        for change in self._changes(shape, prop):
            yield Probe(
                shape.name,
                path,
                change.what,
                replaced(start, path, change.value),
                None if ruled and change.taken else change.taken,
                change.stored,
                change.constructs | excuses,
                narrowed,
            )
        # A group of the columns of a row is probed where its row is.
        if shape.variant == "create" and isinstance(prop.type, ObjectType) and not prop.field:
            for inner in self._shapes.shape(prop.type.name).properties:
                yield from self._property(shape, base, inner, path)

    def _holds(self, base: Mapping[str, Json], path: tuple[str, ...]) -> bool:
        inner: Json = base
        for name in path:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        return isinstance(inner, Mapping)

    def _changes(self, shape: Shape, prop: Property) -> Iterator[Change]:
        yield Change("absent", ABSENT, not prop.required, stored=True)
        yield Change("null", None, prop.nullable, stored=True)
        key = (shape.direction == OUTPUT, prop.type, prop.nullable)
        if self._first(shape, key):
            yield from changes(prop.type, self._shapes)
        else:
            yield from list(wrong_kinds(prop.type))[:1]
            yield from essential(prop.type, self._shapes)

    def _first(self, shape: Shape, key: tuple[bool, Type, bool]) -> bool:
        """Everything is asked of each type once in each direction; rows are asked everything of every column."""
        text = repr(key)
        asked = ("output" if shape.direction == OUTPUT else "input", text)
        if shape.variant == "create":
            asked = (shape.name, text)
        fresh = asked not in self._seen
        self._seen.add(asked)
        return fresh

    # Rules

    def _rules(self, shape: Shape, base: Mapping[str, Json], whole: Mapping[str, Json]) -> Iterator[Probe]:
        """Operands of each rule in many combinations of values that their types take."""
        for rule in shape.rules:
            source = random.Random(f"{shape.name} {rule.name}")
            operands = [operand for operand in rule.operands if operand.known]
            seen: set[str] = set()
            for at in range(60):
                made: Mapping[str, Json] = (base, whole)[at % 2]
                for operand in operands:
                    prop = self._at(shape, operand.wire)
                    choices = self._choices(rule, prop) + ([] if prop.required else [ABSENT])
                    made = self._with(shape, made, operand.wire, source.choice(choices))
                probe = Probe(
                    shape.name,
                    (),
                    f"rule {rule.name}",
                    made,
                    None,
                    stored=True,
                    constructs=RULES | {"rule of typed JSON"},
                    narrowed=any(rule.name in self._input_rules for rule in shape.rules),
                )
                if probe.text not in seen:
                    seen.add(probe.text)
                    yield probe
