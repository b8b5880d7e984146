"""Records of every shape of a domain: one that is taken, and one for each thing that can be changed about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from isotype.domain.model import Domain, Entity, ObjectDefinition
from isotype.domain.types import Array, Map, ObjectType, Type
from isotype.shapes import Shapes
from isotype.shapes.model import OUTPUT, Property, Shape, ShapeRule
from tests.agreement.changes import Change, changes, essential, wrong_kinds
from tests.agreement.samples import hinted, record, samples, usual
from tests.agreement.values import ABSENT, Json, Raw, replaced, write

Judge = Callable[[str, Sequence[str]], list[bool]]
"""The verdicts on JSON texts by the shape of that name."""

RULES = frozenset({"rules"})
STORED = ("create", "response")
"""The variants of an entity that are asked as rows too: what makes a row, and what shows all of one."""
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Probe:
    """A record of a shape. `taken`, `stored` and `constructs` are those of the change at `path`.

    `narrowed` is true where a constraint of inputs only may refuse what a row may hold; `rule` is the rule that the
    record is made for.
    """

    shape: str
    path: tuple[str, ...]
    what: str
    record: Json
    taken: bool | None
    stored: bool = False
    constructs: frozenset[str] = frozenset()
    narrowed: bool = False
    rule: str = ""

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
        self._seen: set[str] = set()
        self._chosen: dict[tuple[int, int], list[Json]] = {}
        owners: list[Entity | ObjectDefinition] = [*domain.entities, *domain.objects]
        self._narrowed = {
            (owner.name, field.name): field.type
            for owner in owners
            for field in owner.fields
            if field.input is not None
        }
        self._input_rules = {rule.name for entity in domain.entities for rule in entity.rules if rule.on}

    def probes(self) -> Iterator[Probe]:
        """Every probe, shape by shape."""
        for module in self._shapes.modules:
            for shape in module.shapes:
                yield from self.of_shape(shape)

    def of_shape(self, shape: Shape) -> Iterator[Probe]:
        """The probes of one shape."""
        base = self._least(shape)
        whole = self._most(shape, base)
        yield Probe(shape.name, (), "with what it must have", base, True, stored=True)
        yield Probe(shape.name, (), "with all it can have", whole, True, stored=True)
        yield from self._edges(shape, base)
        for prop in shape.properties:
            yield from self._property(shape, self._beside(shape, base, prop), prop, (), shape)
        yield from self._rules(shape, base, whole)

    def _least(self, shape: Shape) -> dict[str, Json]:
        """A record with what it must have, which keeps the rules of the shape: found by asking."""
        first = record(shape.name, self._shapes)
        source = random.Random(shape.name)
        tries = [first]
        for round_ in range(_ROUNDS):
            verdicts = self._judge(shape.name, [write(candidate) for candidate in tries])
            if any(verdicts):
                return tries[verdicts.index(True)]
            # A rule may ask for a property that need not be there otherwise.
            tries = [self._shuffled(shape, first, shape.rules, source, round_ > 0) for _ in range(20)]
        raise AssertionError(f"no record of {shape.name} is taken, not even {write(first)}")

    def _most(self, shape: Shape, base: Mapping[str, Json]) -> dict[str, Json]:
        """A record with every property that the rules let stand beside the others."""
        found = dict(base)
        for prop in shape.properties:
            if found.get(prop.name) is None:
                choices = samples(prop.type, self._shapes)
                for rule in shape.rules:
                    choices += hinted(rule.expression, prop.type)
                tries = [{**found, prop.name: value} for value in choices]
                verdicts = self._judge(shape.name, [write(candidate) for candidate in tries])
                assert any(verdicts) or shape.rules, f"{shape.name}.{prop.name} takes none of {choices}"
                if any(verdicts):
                    found = tries[verdicts.index(True)]
        return found

    def _beside(self, shape: Shape, base: Mapping[str, Json], prop: Property) -> Mapping[str, Json]:
        """The record to change a property in: where rules ask for others beside it, one that holds them."""
        near = self._near(shape, prop)
        if not near or base.get(prop.name) is not None:
            return base
        choices = [value for rule in near for value in self._choices(rule, prop) if value is not None]
        tries: list[dict[str, Json]] = [{**base, prop.name: value} for value in choices]
        source = random.Random(f"{shape.name} {prop.name}")
        for _ in range(_ROUNDS):
            verdicts = self._judge(shape.name, [write(candidate) for candidate in tries])
            if any(verdicts):
                return tries[verdicts.index(True)]
            shuffled = (self._shuffled(shape, base, near, source, True) for _ in range(40))
            tries = [{**found, prop.name: source.choice(choices)} for found in shuffled]
        return base

    def _near(self, shape: Shape, prop: Property) -> list[ShapeRule]:
        """The rules of a shape that read a property, or what other such rules read."""
        read = {rule: {operand.wire[0] for operand in rule.operands if operand.known} for rule in shape.rules}
        names = {prop.name}
        for _ in shape.rules:
            names = names.union(*(found for found in read.values() if found & names))
        return [rule for rule, found in read.items() if found & names]

    def _shuffled(
        self, shape: Shape, first: Mapping[str, Json], rules: Sequence[ShapeRule], source: random.Random, whole: bool
    ) -> dict[str, Json]:
        """The record with other values for what rules read; of what need not be there, only if `whole`."""
        found = dict(first)
        for rule in rules:
            for operand in rule.operands:
                if operand.known and (whole or operand.wire[0] in first):
                    prop = self._at(shape, operand.wire)
                    choices = self._choices(rule, prop)
                    found = self._with(shape, found, operand.wire, source.choice(choices))
        return found

    def _choices(self, rule: ShapeRule, prop: Property) -> list[Json]:
        key = (id(rule), id(prop))
        if key not in self._chosen:
            found = samples(prop.type, self._shapes) + hinted(rule.expression, prop.type)
            self._chosen[key] = found + ([None] if prop.nullable else [])
        return self._chosen[key]

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
        further += [prop.name.upper() for prop in shape.properties]
        further += [prop.attribute for prop in shape.properties]
        for name in dict.fromkeys(further):
            if name not in names:
                further_values: tuple[Json, ...] = (1, {})
                for value in further_values:
                    yield Probe(shape.name, (name,), "a further property", {**base, name: value}, dropped)
        for name, _ in shape.refused:
            refused_values: tuple[Json, ...] = (None, "x", {})
            for value in refused_values:
                yield Probe(shape.name, (name,), "a refused property", {**base, name: value}, False)
        for prop in shape.properties[:3]:
            twice = f"{{{write(prop.name)}: [[[]]], {write(base).removeprefix('{')}"
            if prop.name in base:
                yield Probe(shape.name, (prop.name,), "given twice, the last counts", Raw(twice), True)
            elif prop.attribute != prop.name:
                value = usual(prop.type, self._shapes)
                by_attribute = {**base, prop.attribute: value}
                yield Probe(shape.name, (prop.attribute,), "by its Python name", by_attribute, dropped)

    # Properties

    def _property(
        self, shape: Shape, base: Mapping[str, Json], prop: Property, above: tuple[str, ...], holder: Shape
    ) -> Iterator[Probe]:
        path = (*above, prop.name)
        ruled = self._operand_of(shape, path) | self._operand_of(holder, path[-1:])
        judged_by_input = bool(ruled & self._input_rules)
        excuses = RULES if ruled or self._holds_rules(prop.type) else frozenset()
        narrower = None if shape.direction == OUTPUT else self._narrowed.get((holder.owner, prop.field))
        start = base if not above or self._holds(base, above) else self._with(shape, base, path, ABSENT)
        in_json = holder is not shape and holder.owner != shape.owner
        asked = [(change, narrower is not None) for change in self._changes(shape, prop, in_json)]
        if narrower is not None and shape.variant == "create":
            asked += [(change, change.taken is not False) for change in changes(narrower, self._shapes)]
        # A group is no column: what is no group has no row.
        for change, narrowed in asked:
            yield Probe(
                shape.name,
                path,
                change.what,
                replaced(start, path, change.value),
                None if change.taken and (excuses or narrower is not None) else change.taken,
                change.stored and (bool(prop.field) or change.taken is not False),
                change.constructs | excuses,
                narrowed or (judged_by_input and change.taken is not False),
            )
        # What a row holds is probed where the row is: groups of columns, and objects in columns.
        if shape.variant in STORED and isinstance(prop.type, ObjectType):
            within = self._shapes.shape(prop.type.name)
            for inner in within.properties if not within.recursive else ():
                yield from self._property(shape, base, inner, path, within)

    def _operand_of(self, shape: Shape, path: tuple[str, ...]) -> set[str]:
        """The rules of a shape that read what stands at a path, or below it."""
        return {rule.name for rule in shape.rules for operand in rule.operands if operand.wire[: len(path)] == path}

    def _holds_rules(self, of: Type) -> bool:
        match of:
            case Array(item=inner) | Map(value=inner):
                return self._holds_rules(inner)
            case ObjectType(name=name):
                shape = self._shapes.shape(name)
                kept = not shape.recursive and any(self._holds_rules(prop.type) for prop in shape.properties)
                return bool(shape.rules) or kept
        return False

    def _holds(self, base: Mapping[str, Json], path: tuple[str, ...]) -> bool:
        inner: Json = base
        for name in path:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        return isinstance(inner, Mapping)

    def _changes(self, shape: Shape, prop: Property, in_json: bool) -> Iterator[Change]:
        """Everything is asked of each type once in each direction, and of each column what a row can show."""
        # A row has every column; what an input leaves out, a default or NULL stands for.
        yield Change("absent", ABSENT, not prop.required, stored=shape.variant == "create")
        yield Change("null", None, prop.nullable, stored=True)
        if in_json:
            yield from wrong_kinds(prop.type, in_json)
        key = (shape.direction == OUTPUT, prop.type, prop.nullable)
        asked = repr(key)
        if asked not in self._seen:
            self._seen.add(asked)
            yield from changes(prop.type, self._shapes)
        elif shape.variant in STORED:
            yield from (change for change in changes(prop.type, self._shapes) if change.stored)
        else:
            yield from list(wrong_kinds(prop.type))[:1]
            yield from essential(prop.type, self._shapes)

    # Rules

    def _rules(self, shape: Shape, base: Mapping[str, Json], whole: Mapping[str, Json]) -> Iterator[Probe]:
        """Operands of each rule in many combinations of values that their types take."""
        for rule in shape.rules:
            source = random.Random(f"{shape.name} {rule.name}")
            operands = [operand for operand in rule.operands if operand.known]
            seen: set[str] = set()
            for at in range(80):
                made: Mapping[str, Json] = (base, whole)[at % 2]
                # All operands null where they may be; else one or two beside values that are taken, or all of them.
                count = (1, 2, len(operands), 2)[at // 2 % 4]
                for operand in operands if at < 2 else source.sample(operands, min(count, len(operands))):
                    prop = self._at(shape, operand.wire)
                    choices = [*self._choices(rule, prop), *([] if prop.required else [ABSENT])]
                    chosen = source.choice(choices)
                    made = self._with(shape, made, operand.wire, None if at < 2 and prop.nullable else chosen)
                probe = Probe(
                    shape.name,
                    (),
                    f"rule {rule.name}",
                    made,
                    None,
                    stored=True,
                    constructs=RULES | {"rule of typed JSON"},
                    narrowed=any(rule.name in self._input_rules for rule in shape.rules),
                    rule=rule.name,
                )
                if probe.text not in seen:
                    seen.add(probe.text)
                    yield probe
