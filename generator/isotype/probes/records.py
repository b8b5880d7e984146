"""Records that a shape takes: with only what they must have, or with everything; found by search where rules ask."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from isotype.domain.expressions import (
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    Expression,
    In,
    IsNull,
    Like,
    Literal,
    Match,
    Name,
    Negate,
    Quantified,
    ValueType,
    walk,
)
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type, value_type
from isotype.probes.candidates import distinct, usual
from isotype.probes.forms import FORMS, ordered
from isotype.probes.logic import UNKNOWN, Mark, Read, evaluate, refuses
from isotype.probes.meaning import Judged, Meaning, Path, Refusal
from isotype.probes.numbers import down, limits, moved, step, up, written
from isotype.probes.spellings import beside
from isotype.probes.texts import edges, spelled, texts
from isotype.probes.values import ABSENT, Json, Raw, write
from isotype.shapes.model import Property, Shape, ShapeRule

Record = dict[str, Json]
TRIES = 600
STEPS, MOVES = 12, 12
"""How often a record is changed until rules let it be, and between how many values for each thing they read."""
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

    def settled(
        self, shape: Shape, record: Record, pinned: Collection[str], source: random.Random, free: str = ""
    ) -> Record | None:
        """The record, changed beside what is pinned until every rule but `free` lets it be; None if that fails."""
        texts = texts_of(record)
        judged = self.meaning.record(shape, texts)
        broken = _broken(judged, free)
        if broken is None:
            return None
        if any(self._is_lost(shape, rule, pinned, judged.value) for rule in shape.rules if rule.name in broken):
            return None
        for _ in range(STEPS):
            if not broken:
                return record
            chosen = source.choice(broken)
            rule = next(one for one in shape.rules if one.name == chosen)
            found = []
            for name, changed in self._moves(shape, record, rule, pinned, source):
                said = {other: text for other, text in texts.items() if other != name}
                if name in changed:
                    said[name] = write(changed[name])
                now = self.meaning.again(shape, said, judged.value, name)
                others = _broken(now, free)
                if others is not None:
                    found.append((len(others), source.random(), changed, others, said, now))
            if not found:
                return None
            # Now and then any step will do, so that two rules do not undo each other for ever.
            chosen_step = source.choice(found) if source.random() < 0.15 else min(found, key=lambda one: one[:2])
            _, _, record, broken, texts, judged = chosen_step
        return None if broken else record

    def _is_lost(self, shape: Shape, rule: ShapeRule, pinned: Collection[str], made: Mapping[str, Any]) -> bool:
        """Whether a rule refuses what is pinned, whatever stands beside it."""
        uses = {one.field: one for one in rule.operands}

        def read(name: str) -> Any:
            fixed = uses[name].known and uses[name].wire[0] in pinned
            return self.meaning.operand(shape, uses[name], made) if fixed else UNKNOWN

        return refuses(rule.expression, read)

    def _moves(
        self, shape: Shape, record: Record, rule: ShapeRule, pinned: Collection[str], source: random.Random
    ) -> Iterator[tuple[str, Record]]:
        """The record with another value for one thing that a rule reads, and the name of the property that changes."""
        for operand in rule.operands:
            if operand.known and operand.wire[0] not in pinned:
                prop = self.meaning.at(shape, operand.wire)
                balancing = self._balancing(shape, record, rule, prop)
                choices = self.choices(shape, record, rule, prop)
                some = [*balancing, *source.sample(choices, min(len(choices), MOVES))]
                for value in (*([None] if prop.nullable else []), *([] if prop.required else [ABSENT]), *some):
                    yield operand.wire[0], self.with_value(shape, record, operand.wire, value)

    def choices(self, shape: Shape, record: Record, rule: ShapeRule, prop: Property) -> list[Json]:
        """Values worth trying for what a rule reads: samples, what the rule speaks of, and what stands beside it."""
        found = [*self.samples(prop.type), *hinted(rule.expression, prop.type)]
        for operand in rule.operands:
            if operand.known:
                other = self.meaning.at(shape, operand.wire)
                value = at(record, operand.wire)
                if value is ABSENT and other.default is not None:
                    value = _stands_in(other.default.value)
                if other is not prop and value is not ABSENT and value is not None:
                    found += _like(prop.type, other.type, value)
        found += self._balancing(shape, record, rule, prop)
        return found or [None]

    def _balancing(self, shape: Shape, record: Record, rule: ShapeRule, prop: Property) -> list[Json]:
        """What makes the two sides of a comparison, a sum among them, the same, and what is next to it."""
        sums = [sides for node in walk(rule.expression) if _computes(node) for sides in compared(node)]
        of = prop.type
        if not sums or not isinstance(of, Scalar) or value_type(of).kind not in ("integer", "decimal"):
            return []
        made = self.meaning.record(shape, texts_of(record)).value
        # The rule itself: what is shaken may be a part of what it reads.
        whole = (one for it in shape.rules if it.name == rule.name for one in it.operands)
        uses = {one.field: one for one in (*rule.operands, *whole)}
        own = next(one.field for one in rule.operands if one.known and self.meaning.at(shape, one.wire) is prop)

        def read(name: str, by: Decimal = Decimal(0)) -> Any:
            if name not in uses:
                return UNKNOWN
            if by and name == own:
                return Decimal(read(own)) + by
            try:
                value = self.meaning.operand(shape, uses[name], made)
            except (ValueError, ArithmeticError):
                # Something else is asked about it: it is no number at all.
                value = None
            return 0 if name == own and not isinstance(value, int | Decimal) else value

        found: list[Json] = []
        for left, right in sums:
            sides = evaluate(left, read), evaluate(right, read)
            if all(isinstance(side, int | Decimal | float) and math.isfinite(side) for side in sides):
                missing, unit, (low, high) = Decimal(sides[1]) - Decimal(sides[0]), step(of), limits(of)
                further = partial(read, by=unit)
                moves = _shifts(missing, evaluate(left, further), evaluate(right, further), unit)
                for value in (Decimal(read(own)) + move for move in moves):
                    near = (moved(up(value, unit), unit * by) for by in (-1, 0, 1))
                    # What would be more than it can be brings the others near.
                    found += [written(of, one) for one in dict.fromkeys(min(max(one, low), high) for one in near)]
        return found

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


def _broken(judged: Judged, free: str) -> list[str] | None:
    """The rules that refuse a record, but for one; None where something else does."""
    names = [refusal.constraint.removeprefix("rule:") for refusal in judged.refusals]
    others = any(refusal.path or not refusal.constraint.startswith("rule:") for refusal in judged.refusals)
    return None if others else [name for name in names if name != free]


def texts_of(record: Mapping[str, Json]) -> dict[str, str]:
    """A record by the JSON text of each property."""
    return {name: write(value) for name, value in record.items() if value is not ABSENT}


def signature(rule: Expression, read: Read) -> tuple[Any, ...]:
    """How everything that a rule compares stands: two records of one signature show the same of it."""
    found: list[Any] = []
    for node in walk(rule):
        match node:
            case Compare(left=left, right=right):
                found.append(_standing(evaluate(left, read), evaluate(right, read)))
            case In(value=value, options=options):
                given = evaluate(value, read)
                # Each option may be the one that is missed.
                place = next((number for number, option in enumerate(options) if evaluate(option, read) == given), None)
                found.append((evaluate(node, read), place))
            case IsNull() | Match() | Like() | Quantified() | Between() | Name(type=ValueType(kind="boolean")):
                found.append(evaluate(node, read))
    return tuple(found)


def _standing(left: Any, right: Any) -> Any:
    """Below, the same or above; of numbers also whether they are neighbours."""
    if any(side is None or isinstance(side, Mark) for side in (left, right)):
        return tuple(str(side) if side is None or isinstance(side, Mark) else "" for side in (left, right))
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        apart = Decimal(left) - Decimal(right)
        return apart if abs(apart) <= 1 else 2 if apart > 0 else -2
    if isinstance(left, str) and isinstance(right, str) and _by_units(left) < _by_units(right) and left > right:
        # Surrogates come before some of the units that they stand above.
        return 3
    return (left > right) - (left < right) if type(left) is type(right) else left == right


def _by_units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _computes(node: Expression) -> bool:
    return any(isinstance(part, Arithmetic) for part in walk(node))


def compared(node: Expression) -> list[tuple[Expression, Expression]]:
    """What a node compares with one another, in pairs."""
    match node:
        case Compare(left=left, right=right):
            return [(left, right)]
        case Between(value=value, low=low, high=high):
            return [(value, low), (value, high)]
    return []


def results(rule: Expression) -> Iterator[tuple[str, str, str, Literal, Decimal]]:
    """What is computed of two fields and compared with a constant: how, both names, the constant, and a last digit."""
    for node in walk(rule):
        for left, right in compared(node):
            match left, right:
                case Arithmetic(op="+" | "-" | "*" as op, left=Name(name=one), right=Name(name=other)), Literal():
                    yield op, one, other, right, Decimal(1).scaleb(-max(left.type.scale, 0))


def _shifts(missing: Decimal, left: Any, right: Any, unit: Decimal) -> Iterator[Decimal]:
    """By how much an operand is moved to make two sides the same, of which so much is missing.

    `left` and `right` are what they are one unit further: what is multiplied moves them by more than it moves itself.
    """
    yield missing
    yield -missing
    if all(isinstance(side, int | Decimal) for side in (left, right)):
        gained = missing - (Decimal(right) - Decimal(left))
        if abs(gained) not in (0, unit):
            yield down(missing * unit / gained, unit)


def _like(of: Type, other: Type, value: Json) -> list[Json]:
    """A value that stands beside a type, and its neighbours, in the wire form of the type."""
    kind = value_type(of).kind
    if kind != value_type(other).kind or not isinstance(of, Scalar):
        return [value] if of == other else []
    if kind not in ("integer", "decimal"):
        # The same in another spelling shows what is compared: values, and not texts.
        return [*(beside(of.base, value)[1:] if of.base in FORMS and isinstance(value, str) else ()), value]
    try:
        near = up(Decimal(value.text if isinstance(value, Raw) else str(value)), step(of))
    except ArithmeticError:
        return []
    return [written(of, moved(near, step(of) * by)) for by in (-1, 0, 1)]


def ends(of: Type, samples: Sequence[Json]) -> Sequence[Json]:
    """The first and the last of some points in time; of nothing else."""
    if not isinstance(of, Scalar) or of.base not in _CLOCKED:
        return ()
    known = sorted(map(str, samples), key=lambda text: ordered(of.base, text))
    return known[:1] + known[1:][-1:]


_CLOCKED = ("timestamp", "local_timestamp", "date", "time")


def _stands_in(default: JsonValue) -> Json:
    """A default as a rule computes with it."""
    return Raw(str(default)) if isinstance(default, Decimal) else default if isinstance(default, str | int) else None


def ordered_texts(rule: Expression) -> Iterator[tuple[str, str]]:
    """The pairs of fields that a rule compares as texts by their order."""
    for node in walk(rule):
        match node:
            case Compare(op="<" | "<=" | ">" | ">=", left=left, right=right) if left.type.kind == "text":
                named = [[part.name for part in walk(side) if isinstance(part, Name)] for side in (left, right)]
                yield from ((one, other) for one in named[0] for other in named[1] if one != other)


def near_patterns(rule: Expression, of: Type) -> Iterator[Json]:
    """Texts at the edges of a type that have what a rule looks for, and of the type that are at the edges of that."""
    patterns = [node.pattern for node in walk(rule) if isinstance(node, Match)]
    if not isinstance(of, Scalar) or of.base not in TEXTUAL:
        return
    for pattern in patterns:
        head, usual = spelled(pattern.root), texts(of)[:2]
        yield from (head + text[len(head) :] for text in edges(of) if len(text) > len(head))
        yield from (text[:1] + head for text in usual)
        for text in edges(Scalar("text", patterns=(pattern,))):
            yield from dict.fromkeys((text, *(text + known[len(text) :] for known in usual)))


def loosened(of: Type) -> Type:
    """A type that takes all that rules can compute with in the place of a type."""
    match of:
        case EnumType():
            return Scalar("text")
        case Scalar(base=base) if base in TEXTUAL:
            return Scalar("text")
        case Scalar(base=base, number=number) if base in INTEGERS or base == "decimal":
            text = base in ("bigint", "decimal") and not number
            return Scalar("decimal", precision=60, scale=20) if text else Scalar("float")
        case Scalar(base="bool"):
            return Scalar("json")
        case Array(item=item):
            return Array(loosened(item), nullable_items=True)
        case Map(value=value):
            return Map(loosened(value), nullable_values=True)
    return of


def at(record: Json, path: Sequence[str]) -> Json:
    """What stands at a path; ABSENT where nothing does."""
    for name in path:
        if not isinstance(record, Mapping):
            return ABSENT
        record = record.get(name, ABSENT)
    return record


def hinted(rule: Expression, of: Type) -> list[Json]:
    """Values of a type that a rule speaks of, or that lie beside them."""
    if isinstance(of, Array):
        counts = {size for node in walk(rule) if isinstance(node, Literal) for size in _sizes(node)}
        return [items for size in sorted(counts) if len(items := distinct(of.item, lambda _: [], size)) == size]
    if not isinstance(of, Scalar):
        return []
    found: list[Json] = []
    turned = any(_turns(node) for node in walk(rule))
    chosen = any(isinstance(node, Call) and _is_of_choice(node) for node in walk(rule))
    for node in walk(rule):
        match node:
            case Match(pattern=pattern) if of.base in TEXTUAL:
                head = spelled(pattern.root)
                found += [head, *(head + known[len(head) :] for known in texts(of))]
            case Literal(value=str() as text) if of.base in FORMS:
                found += [text, *beside(of.base, text)]
            case Literal(value=str() as text):
                found += [text, text[:-1] + ("a" if text.endswith("z") else "z")]
            case Literal(value=bool()):
                pass
            case Literal(value=int() | Decimal() as value) if of.base in (*INTEGERS, "decimal", "float"):
                exact = Decimal(value)
                found += _around(of, exact)
                found += _around(of, exact.copy_negate()) if turned else []
            case Literal(value=int() as length) if of.base in TEXTUAL and 0 <= length < 500:
                found += ["a" * size for size in (length - 1, length, length + 1)]
                found.append("🦉" * length)
                # A database may cut what a computed text has too much, if only blanks.
                found += ["a" * length + " "] if chosen else []
    return found


def _around(of: Scalar, number: Decimal) -> list[Json]:
    """A number and its neighbours, as values of a type."""
    if of.base == "float":
        double = float(number)
        near = (math.nextafter(double, -math.inf), double, math.nextafter(double, math.inf))
        return [Raw(repr(one)) for one in near]
    unit = step(of)
    return [written(of, moved(up(number, unit), unit * by)) for by in (-1, 0, 1)]


def _is_of_choice(node: Call) -> bool:
    """Whether it is the length of a text that is chosen among several."""
    return node.function == "length" and isinstance(node.arguments[0], Call | Case)


def _turns(node: Expression) -> bool:
    """Whether it is computed of a number by its sign alone."""
    return isinstance(node, Negate) or (isinstance(node, Call) and node.function == "abs")


def _sizes(node: Literal) -> Sequence[int]:
    """The numbers of items that a constant may be about."""
    value = node.value
    return () if isinstance(value, bool) or not isinstance(value, int) or value > 200 else (value - 1, value, value + 1)
